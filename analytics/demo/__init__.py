"""A believable product for newcomers and for measuring: Tarn, told from its story over two years."""
