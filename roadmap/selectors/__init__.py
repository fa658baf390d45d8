"""Reads of the roadmap room that shape a screen."""
