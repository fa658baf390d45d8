"""Reads of the analytics room that shape a screen."""
