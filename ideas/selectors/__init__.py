"""Reads of the ideas room."""
