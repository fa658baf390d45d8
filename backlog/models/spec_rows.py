"""What stands in a specification beside its requirements: questions, decisions, risks, dependencies."""

from __future__ import annotations

from ideas.rowsets import Column, RowSet

LEVELS = (("low", "Low"), ("medium", "Medium"), ("high", "High"))

QUESTIONS = RowSet(
    "questions",
    "Open questions",
    "question",
    (
        Column("question", "Question", "text", required=True, most=2000),
        Column("who", "Who answers it", help="A person or a role."),
        Column("answer", "Answer", "text", most=5000),
        Column(
            "state",
            "State",
            "choice",
            choices=(("open", "Open"), ("answered", "Answered"), ("dropped", "No longer asked")),
        ),
    ),
    "What has to be known before this can be built? Write it down with who will find out.",
)
DECISIONS = RowSet(
    "decisions",
    "Decisions",
    "decision",
    (
        Column("what", "What was decided", "text", required=True, most=2000),
        Column("why", "Why", "text", most=5000),
        Column("on", "On the day", "day"),
    ),
    "What was decided on the way, and why? Whoever asks again in a year will be glad of it.",
)
RISKS = RowSet(
    "risks",
    "Risks",
    "risk",
    (
        Column("risk", "What could go wrong", "text", required=True, most=2000),
        Column("likelihood", "Likelihood", "choice", choices=LEVELS),
        Column("impact", "Impact", "choice", choices=LEVELS),
        Column("answer", "What is done about it", "text", most=5000),
    ),
    "What could go wrong, how likely is it, and what will you do about it?",
)
DEPENDENCIES = RowSet(
    "dependencies",
    "Dependencies",
    "dependency",
    (
        Column(
            "text",
            "What this depends on",
            "text",
            most=2000,
            help="In words; or name the record below and leave this empty.",
        ),
        Column("record", "Record", "record", help="Its reference, such as ATL-12."),
    ),
    "What must be there first: another feature, a team, a supplier?",
)
