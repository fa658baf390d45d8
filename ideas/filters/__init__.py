"""Filters of the ideas room."""
