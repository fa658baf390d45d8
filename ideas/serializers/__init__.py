"""The ideas room in JSON."""
