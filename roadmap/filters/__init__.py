"""Filters of the roadmap room."""
