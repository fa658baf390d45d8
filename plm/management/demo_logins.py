"""Who can sign in to the demo product. Shown after each start as long as the passwords are these."""

from __future__ import annotations

PASSWORD = "explore-tarn"  # noqa: S105 - of the demo alone, and shown to everybody who starts it

LOGINS = [
    ("Product manager", "maren@tarn.example", PASSWORD),
    ("Contributor", "jonas@tarn.example", PASSWORD),
    ("Stakeholder", "priya@tarn.example", PASSWORD),
    ("Admin", "elif@tarn.example", PASSWORD),
    ("Customer (portal)", "oskar@nordkorn.example", PASSWORD),
]
