"""HTML input of the backlog room."""
