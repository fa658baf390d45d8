"""Kinds of the ideas room."""
