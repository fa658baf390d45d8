"""The backlog room in JSON."""
