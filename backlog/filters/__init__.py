"""Filters of the backlog room, for pages and the API."""
