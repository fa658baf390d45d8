"""Reads of the feedback room that shape a screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from backlog.models import BacklogItem, Spec
from backlog.selectors.evidence import ideas_behind
from feedback.excerpts import pieces
from feedback.models import Feedback, FeedbackLink
from ideas.models import Company, Idea, Person
from plm.composed import Read
from plm.counting import Figures
from plm.errors import Invalid, NotVisible
from plm.kinds import kind_named, record_by_reference
from plm.models import Product, Reference
from plm.permissions import Actor
from plm.querysets import Slot, among, keys_given
from plm.search import search

SHOWN = 20


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A quote as pages print it. `target` is what it speaks for, `stands` whether its words are still in the text."""

    uuid: Any
    key: str
    excerpt: str
    importance: int
    importance_label: str
    stands: bool
    feedback: Feedback
    person: Person | None
    company: Company | None
    target: Idea | BacklogItem | None
    icon: str
    stage: str


def quote_lines(quotes: Iterable[FeedbackLink]) -> list[QuoteLine]:
    """Quotes (with their voices) as lines."""
    found = []
    for quote in quotes:
        kind = kind_named("idea" if quote.idea_id is not None else "item")
        found.append(
            QuoteLine(
                uuid=quote.uuid, key=f"quote-{quote.uuid}", excerpt=quote.excerpt, importance=quote.importance,
                importance_label=quote.get_importance_display(), stands=quote.start is not None,
                feedback=quote.feedback, person=quote.feedback.person, company=quote.feedback.company,
                target=quote.target, icon=kind.icon, stage=kind.stage.slug,
            )
        )  # fmt: skip
    return found


def feedback_page(actor: Actor, feedback: Feedback) -> dict[str, Any]:
    """The text with its quotes marked, and the quotes with what they speak for. One statement."""
    rows = list(FeedbackLink.objects.filter(feedback=feedback).with_voice())
    spans = [
        (q.start, q.end, f"quote-{q.uuid}")
        for q in rows
        if q.start is not None and q.end is not None
    ]
    return {
        "pieces": pieces(feedback.description, spans),
        "quotes": quote_lines(rows),
        "may_link": actor.may("feedback.link", feedback.workspace_id, feedback.product_id),
        "may_make_idea": actor.may("idea.create", feedback.workspace_id, feedback.product_id),
    }


def voices(actor: Actor, record: Idea | BacklogItem) -> dict[str, Any] | None:
    """What customers said about an idea or item, the most important first; None when nobody said anything."""
    del actor
    link = {"idea": record} if isinstance(record, Idea) else {"item": record}
    rows = list(FeedbackLink.objects.counting().filter(**link).with_voice()[: SHOWN + 1])
    if not rows:
        return None
    people, companies, revenue = _weight(link)
    return {
        "quotes": quote_lines(rows[:SHOWN]),
        "more": len(rows) > SHOWN,
        "people": people,
        "companies": companies,
        "revenue": revenue,
        "currency": record.product.workspace.currency,
    }


def spec_voices(actor: Actor, spec: Spec) -> dict[str, Any] | None:
    """The quotes that speak for what is specified or for the ideas behind it, the most important first."""
    about = Q(item_id=spec.item_id) | Q(idea_id__in=ideas_behind(spec))
    quotes = FeedbackLink.objects.visible_to(actor, "feedback.view").counting()
    rows = list(quotes.filter(about).with_voice()[: SHOWN + 1])
    return {"quotes": quote_lines(rows[:SHOWN]), "more": len(rows) > SHOWN} if rows else None


def _weight(link: dict[str, Any]) -> tuple[int, int, Decimal]:
    """(people, companies, revenue a month in the workspace's currency), everybody counted once. One statement."""
    rows = FeedbackLink.objects.counting().filter(**link).values_list(
        "feedback__person_id", "feedback__company_id", "feedback__company__mrr",
        "feedback__company__currency", "workspace__currency", "feedback__company__archived_at",
    )  # fmt: skip
    people: set[int | None] = set()
    pays: dict[int, Decimal] = {}
    for person, company, mrr, paid_in, currency, archived in rows.order_by().distinct():
        people.add(person)
        if company is not None:
            counts = paid_in == currency and archived is None
            pays[company] = mrr if counts and mrr is not None else Decimal(0)
    return len(people - {None}), len(pays), sum(pays.values(), Decimal(0))


@Read
def _newest(actor: Actor, product: Product) -> QuerySet[Feedback]:
    rows: Any = Feedback.objects.visible_to(actor).filter(product=product).counting()
    newest: QuerySet[Feedback] = rows.select_related("person", "company")
    return newest.order_by("-received_at", "-pk")[:4]


@Read
def _led_to(_: Actor, __: None) -> QuerySet[FeedbackLink]:
    rows = FeedbackLink.objects.filter(feedback__in=among(Slot("keys", None)))
    return rows.select_related("idea__product__workspace", "item__product__workspace")


def latest_feedback(actor: Actor, product: Product) -> dict[str, Any] | None:
    """The newest feedback of a product with what it led to: two statements."""
    found = _newest(actor, product)
    if not found:
        return None
    for row in found:
        row.product = product
    led_to: dict[int, Any] = {}
    for quote in _led_to(actor, keys=keys_given(row.pk for row in found)):
        led_to.setdefault(quote.feedback_id, quote.target)
    return {
        "rows": [(row, led_to.get(row.pk)) for row in found],
        "more_url": f"{product.get_absolute_url()}feedback/",
        "more_label": "Open inbox",
    }


@Figures
def _received(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = Feedback.objects.visible_to(actor).counting().filter(product=product)
    return [rows, rows.filter(state="new")]


def feedback_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(feedback of the product, how much of it nobody has read, needs attention). One statement."""
    count, unread = _received(actor, product)
    return count, f"{unread} unread", False


def targets_like(actor: Actor, product: Product, text: str, limit: int = 8) -> list[Reference]:
    """Ideas and items of the product that a person may mean by these words."""
    if not text.strip():
        return []
    rows = search(
        actor, text[:200], workspace_id=product.workspace_id, product_id=product.pk, limit=limit * 4
    )
    return [row for row in rows if row.kind in {"idea", "item"}][:limit]


def target_named(actor: Actor, product: Product, text: str) -> Idea | BacklogItem:
    """The idea or item named by its reference, or by words that only one has. Raises Invalid."""
    wanted = text.strip()
    try:
        found = record_by_reference(actor, product.workspace_id, wanted[:24])
    except NotVisible:
        found = _only_one(actor, product, wanted)
    if not isinstance(found, Idea | BacklogItem):
        raise Invalid(
            fields={"target": f"{found.reference} is neither an idea nor a backlog item."}
        )
    return found


def _only_one(actor: Actor, product: Product, words: str) -> Any:
    near = targets_like(actor, product, words)
    if len(near) == 1:
        return record_by_reference(actor, product.workspace_id, near[0].key)
    if near:
        names = "; ".join(f"{row.key} {row.title}" for row in near[:4])
        raise Invalid(fields={"target": f"Several match. Give the reference of one: {names}."})
    raise Invalid(
        fields={"target": f"No idea or item matches {words[:60]!r}. Give a reference, such as ATL-12."}
    )  # fmt: skip


def customer_said(actor: Actor, customer: Company | Person) -> dict[str, Any]:
    """What a company or a person said, as far as the actor may see it, the newest first."""
    rows: Any = Feedback.objects.visible_to(actor).live().filter(**_by(customer))
    found = rows.with_people().select_related("person").order_by("-received_at", "-pk")[:100]
    return {"feedback": list(found), "of": _noun(customer), "id": customer.uuid}


def customer_led_to(actor: Actor, customer: Company | Person) -> dict[str, Any]:
    """What became of what they said: ideas and items their quotes speak for."""
    quotes = FeedbackLink.objects.visible_to(actor).filter(
        feedback__archived_at=None, **{f"feedback__{_noun(customer)}": customer}
    )
    led_to: dict[tuple[str, int], dict[str, Any]] = {}
    for line in quote_lines(quotes.with_voice()[:300]):
        if line.target is not None:
            entry = led_to.setdefault((line.target.kind, line.target.pk), _became(line))
            entry["quotes"] += 1
    return {"led_to": list(led_to.values())}


def _noun(customer: Company | Person) -> str:
    return "company" if isinstance(customer, Company) else "person"


def _by(customer: Company | Person) -> dict[str, Any]:
    return {_noun(customer): customer}


def _became(line: QuoteLine) -> dict[str, Any]:
    return {"target": line.target, "icon": line.icon, "stage": line.stage, "quotes": 0}


def quote_line(quote: FeedbackLink) -> str:
    """A quote in one line: who said it, and the first of what they said."""
    said = quote.feedback
    who = said.person or said.company
    return f"{who or 'Somebody'}: {' '.join(quote.excerpt.split())[:140]}"
