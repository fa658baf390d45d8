"""Arithmetic of figures and time: no Django, no database."""
