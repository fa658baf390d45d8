"""HTML input of the ideas room."""
