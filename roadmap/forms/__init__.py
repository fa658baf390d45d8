"""HTML input of the roadmap room."""
