"""Commands of the analytics room."""
