"""Arithmetic of money over time: no Django, no database."""
