"""SQLite as the product uses it: Django's backend, with the writers of a process in one line."""
