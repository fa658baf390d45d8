"""The roadmap room in JSON."""
