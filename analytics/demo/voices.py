"""Feedback with its quotes, comments, answers on the portal, files, and who follows what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile

from analytics.demo.telling import Telling, story
from feedback.models import Feedback
from feedback.services.feedback import feedback_create
from feedback.services.quotes import quote_add
from ideas.services.portal import portal_answer
from plm.services.notes import attachment_add, comment_add, follow_set
from plm.services.records import record_move

QUOTE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
FOLLOWS = {"maren": ("ev", "region", "battery"), "priya": ("ev", "region"), "jonas": ("ev",)}


def plan_voices(telling: Telling) -> None:
    for row in story("feedback")["said"]:
        _plan_feedback(telling, row)
    for row in _seconded(telling):
        _plan_feedback(telling, row)
    talk = story("talk")
    for row in talk["comment"]:
        telling.plan(telling.moment(-row["ago"]), lambda row=row: _comment(telling, row))  # type: ignore[misc]
    for row in talk["public"]:
        telling.plan(telling.moment(-row["ago"]), lambda row=row: _answer(telling, row))  # type: ignore[misc]
    for row in talk["file"]:
        telling.plan(telling.moment(-row["ago"]), lambda row=row: _file(telling, row))  # type: ignore[misc]
    telling.plan(telling.moment(-14), lambda: _follow(telling))


def _seconded(telling: Telling) -> Iterator[dict[str, Any]]:
    """Further customers who say that they want what somebody else wished for: the more votes, the more of them."""
    texts = story("words")["feedback"]["votes"]
    people = list(telling.persons)
    for idea in story("ideas")["idea"]:
        if not idea["public"] or idea.get("state") in {"declined", "duplicate"}:
            continue
        for person in telling.dice.sample(people, idea["votes"] // 22):
            yield {
                "who": person, "ago": int(idea["ago"] * telling.dice.uniform(0.45, 0.9)), "mood": "neutral",
                "source": telling.dice.choice(("email", "call", "portal", "sales")),
                "text": telling.dice.choice(texts).format(t=idea["title"]),
                "for": [[f"idea:{idea['title']}", telling.dice.choice((1, 2, 2, 3))]],
            }  # fmt: skip


def _plan_feedback(telling: Telling, row: dict[str, Any]) -> None:
    """Taken down on its day; quotes are linked two days later, or as soon as the idea is there."""
    found: list[Feedback] = []
    heard = telling.moment(-row["ago"])

    def take_down() -> None:
        person = telling.persons[row["who"]]
        values = {
            "description": QUOTE.sub(r"\1", row["text"]), "source": row["source"], "sentiment": row["mood"],
            "person": person, "received_at": heard, "item": telling.items.get(row.get("about", "")),
            "owner": telling.users["agnes"],
        }  # fmt: skip
        found.append(
            feedback_create(actor=telling.actors["maren"], product=telling.product, values=values)
        )

    def link() -> None:
        for words, (target, importance) in zip(
            QUOTE.findall(row["text"]), row.get("for", ()), strict=True
        ):
            name = target.removeprefix("item:")
            quote_add(
                actor=telling.actors["jonas" if row["source"] == "support" else "maren"],
                feedback=telling.current(found[0]), target=telling.current(telling.record(name)),
                excerpt=words, importance=importance,
            )  # fmt: skip

    def close() -> None:
        feedback = telling.current(found[0])
        record_move(feedback, actor=telling.actors["maren"], state="processed")

    telling.plan(heard, take_down)
    if row.get("for") and row["ago"] > 5:
        day = -_linked(telling, row)
        _, linked, closed = telling.chain(-row["ago"], day, day + 3)
        telling.plan(max(linked, heard), link)
        if row["ago"] > 60:
            telling.plan(max(closed, heard), close)


def _linked(telling: Telling, row: dict[str, Any]) -> float:
    """How many days ago the quotes were linked: after the feedback and after what they speak for."""
    born = [float(row["ago"]) - 2]
    for target, _ in row["for"]:
        kind, _, rest = target.partition(":")
        if kind == "idea":
            born += [i["ago"] - 4.0 for i in story("ideas")["idea"] if i["title"].startswith(rest)]
        else:
            born.append(-telling.features[rest]["created"] - 4)
    return max(1.0, min(born))


def _comment(telling: Telling, row: dict[str, Any]) -> None:
    record = telling.current(telling.record(row["on"]))
    comment_add(actor=telling.actors[row["who"]], record=record, body=row["text"])


def _answer(telling: Telling, row: dict[str, Any]) -> None:
    idea = telling.current(telling.record(row["on"]))
    actor = telling.actors["maren" if row["who"] == "agnes" else row["who"]]
    portal_answer(actor=actor, idea=idea, body=row["text"])


def _file(telling: Telling, row: dict[str, Any]) -> None:
    record = telling.current(telling.record(row["on"]))
    actor = telling.actors["tomas" if row["who"] == "agnes" else row["who"]]
    upload = ContentFile(row["text"].encode(), name=row["name"])
    attachment_add(actor=actor, record=record, upload=upload, name=row["name"])


def _follow(telling: Telling) -> None:
    for who, names in FOLLOWS.items():
        for name in names:
            record = telling.current(telling.items[name])
            follow_set(actor=telling.actors[who], record=record, following=True)
