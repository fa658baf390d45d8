"""The lists of stage 1 beside one another."""

from __future__ import annotations

DISCOVERY = (
    ("Ideas", "ideas/"),
    ("Triage", "ideas/triage"),
    ("Moderation", "ideas/moderation"),
    ("Research", "research/"),
    ("Trends", "trends/"),
    ("Competitors", "competitors/"),
    ("Comparison", "competitors/comparison"),
    ("Feasibility", "feasibility/"),
    ("Business cases", "business-cases/"),
    ("Gates", "gates/"),
)
