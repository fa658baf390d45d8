"""PostgreSQL as the product uses it: Django's backend, with statements prepared on the server."""
