"""A world in which every text says which product and table it stands in, so that it is known wherever it comes out."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from analytics.models import ProductEvent
from backlog.models import Round, ScoringModel
from backlog.services.scoring_models import scoring_models_ensure
from ideas.models import Board, Company, Idea, Person, Portal
from plm.kinds import all_kinds
from plm.models import (
    Attachment,
    Component,
    CustomField,
    Event,
    ImportBatch,
    Invitation,
    Job,
    Product,
    ProductGroup,
    Reference,
    SavedView,
    Tag,
    User,
    Workspace,
)
from plm.services import notes
from plm.services.fields import custom_field_create
from plm.services.hierarchy import product_place
from plm.services.notes import saved_view_create
from roadmap.canvases import CANVASES
from roadmap.models import (
    CommunicationLine,
    DigestSubscription,
    Placement,
    Question,
    RoadmapScenario,
    ScenarioChange,
    Share,
    StatusUpdate,
)
from roadmap.models.share import every_field
from roadmap.services.communication import line_create, update_begin, update_send
from roadmap.services.digests import digest_subscribe
from roadmap.services.questions import Guest, Wording, question_ask
from roadmap.services.shares import share_create
from tests.bad_input import one_of_each_kind
from tests.canary_rows import one_more
from tests.make import (
    make_company,
    make_component,
    make_contribution,
    make_group,
    make_idea,
    make_person,
    make_placement,
    make_revealed_round,
    make_scenario,
)

ROOMS = ("plm", "ideas", "backlog", "roadmap", "feedback", "analytics")
# Names the program itself compares, hashes, and what is read back as structure.
STRUCTURE = {
    "slug", "key", "kind", "state", "verb", "currency", "time_zone", "request_id", "phase", "sha256", "public_id",
    "secret_hash", "token_hash", "scopes", "password", "email", "theme", "density", "task", "owner", "request_hash",
    "headers", "method", "definition", "content", "shape", "mapping", "options", "counts", "choices", "event_id",
    "query", "file", "subject", "seen_items", "left",
}  # fmt: skip
STRUCTURE_OF = {
    "segment.rules", "assessment.inputs", "criteriacomparison.judgements", "specpolicy.conditions", "scenario.weights",
    "sharetargets.targets", "rankingcolumns.columns", "standingbasis.worths", "plansettings.releases", "planproposal.result",
    "planproposal.problem", "criterion.scale", "criterion.levels", "portal.allowed_origins", "portal.accent", "portal.logo", "portal.logo_type",
}  # fmt: skip
"""The same of fields whose names mean text elsewhere: keys, figures, colours and files."""
# Long enough not to come up by chance in an id or a nonce.
REVENUE = 987654321
CANARY = re.compile(
    r"zzcanary-(atl|bor|acme)(?:-([a-z]+)-[a-z_]+)?|987[, .\u00a0\u202f]?654[, .\u00a0\u202f]?321"
)


def staged(world):
    full(world, world.atlas)
    full(world, world.boreas)
    public = make_idea(world.actor("alice"), world.atlas, "Open to all", public=True)
    make_company(world.actor("alice"), world.acme, mrr=REVENUE)
    make_person(world.actor("alice"), world.acme)
    _, secret = share_create(
        actor=world.actor("alice"), product=world.atlas, name="Partners", published=True
    )
    Product.objects.filter(pk=world.atlas.pk).update(portal_open=True)
    for model in canaried():
        stand_in(world, model)
    for model in canaried():
        for row in list(model._base_manager.all()):
            fill(world, row)
    marked = [model for model in canaried() if is_marked(world, model)]
    publish(world, public)
    return {"world": world, "share": secret, "values": values_of(world, public), "marked": marked}


def stand_in(world, model):
    """See to it that the table has a row in Atlas, or one of acme where it knows no product."""
    if not any(where(world, row) in {"atl", "acme"} for row in model._base_manager.all()):
        one_more(world, model, where)


def is_marked(world, model):
    """Whether a text of the table holds a canary that is asked for everywhere."""
    rows = [row for row in model._base_manager.all() if where(world, row) in {"atl", "acme"}]
    return any(
        CANARY.search(str(getattr(row, field.name))) for row in rows for field in texts_of(model)
    )


def full(world, product):
    """One record of each kind, with what hangs on records."""
    alice = world.actor("alice")
    records = one_of_each_kind(_At(world, product))
    for record in records.values():
        notes.comment_add(actor=alice, record=record, body="A comment")
        upload = SimpleUploadedFile("note.txt", b"zzcanary-" + product.key.lower().encode())
        notes.attachment_add(actor=alice, record=record, upload=upload, name="note.txt")
    scoring_models_ensure(product=product)
    days = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    make_placement(alice, records["item"], objective=records["objective"], bucket="now", **days)
    make_contribution(alice, records["item"])
    group = make_group(world.actor("dora"), world.acme, f"Around {product.key}")
    product_place(actor=world.actor("dora"), product=product, group=group)
    make_component(alice, product)
    Tag.objects.create(workspace=world.acme, product=product, name="somewhere")
    make_revealed_round(alice, records["item"])
    custom_field_create(actor=alice, product=product, kind="idea", label="Region", type="text")
    saved_view_create(actor=alice, product=product, kind="idea", name="Mine", query="", shared=False)  # fmt: skip
    line = line_create(
        actor=alice, product=product, values={"audience": "Board", "channel": "mail", "to": "a@a.example"}
    )  # fmt: skip
    update_begin(actor=alice, line=line)
    update = update_begin(actor=alice, line=line)
    update_send(actor=alice, update=update, lines=[line], version=1)
    make_scenario(alice, records["item"])
    digest_subscribe(actor=alice, product=product, values={"cadence": "daily"})
    question_ask(
        actor=alice, record=records["item"], wording=Wording("approve", "Shall we?", "Map"),
        guests=[Guest("Ana", f"ana@{product.key}.example")],
    )  # fmt: skip
    Job.objects.create(
        workspace=world.acme, product=product, kind="noop", key=f"k{product.pk}", run_after=product.created_at,
        created_at=product.created_at, state="dead",
    )  # fmt: skip
    ImportBatch.objects.create(
        workspace=world.acme, product=product, kind="idea", file="none.csv", name="none.csv", size=1, sha256="0" * 64,
        shape={"form": "csv", "columns": []}, mapping={"columns": {}}, created_at=product.created_at,
    )  # fmt: skip


class _At:
    """The world with another product in the place of Atlas."""

    def __init__(self, world, product):
        self.world, self.atlas = world, product

    def actor(self, name):
        return self.world.actor(name)


def canaried():
    return [
        m
        for m in apps.get_models()
        if m._meta.app_label in ROOMS and m._meta.managed and texts_of(m)
    ]


def texts_of(model):
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        f
        for f in model._meta.concrete_fields
        if isinstance(f, kinds)
        and not f.choices
        and f.name not in STRUCTURE
        and f"{model._meta.model_name}.{f.name}" not in STRUCTURE_OF
    ]


def fill(world, row):
    """Write canaries into each text of a row of acme, and the revenue into each sum."""
    place = where(world, row)
    if place is None:
        return
    values: dict[str, Any] = {}
    for field in texts_of(type(row)):
        text = f"zzcanary-{place}-{type(row).__name__.lower()}-{field.name}-{row.pk}"
        if field.max_length and len(text) > field.max_length:
            text = f"zzcanary-{place}-{row.pk}"[: field.max_length]
        values[field.name] = shaped(field, text, getattr(row, field.name))
    for field in row._meta.concrete_fields:
        if field.name in {"mrr", "demand_revenue", "importance_revenue"}:
            values[field.name] = REVENUE
    if isinstance(row, Event):  # Facts stand as they are; another one is put beside each.
        row.pk, row.uuid, row.sequence = None, uuid4(), row.sequence + 100_000
        row.__dict__.update(values)
        row.save(force_insert=True)
        return
    for name, value in values.items():
        with (
            suppress(IntegrityError),
            transaction.atomic(),
        ):  # The database itself says what may stand there.
            type(row)._base_manager.filter(pk=row.pk).update(**{name: value})


def shaped(field, text, now):
    if not isinstance(field, models.JSONField):
        return text
    if field.model is ScenarioChange:
        return now  # Fields of a place by their names: no text stands there.
    if field.name in getattr(field.model, "rowsets", {}):
        return [row_full_of(field.model.rowsets[field.name], text)]
    if field.name in OF_A_SHAPE:
        return [{**OF_A_SHAPE[field.name], **dict.fromkeys(("name", "by", "reason") if field.name == "decisions" else ("name",), text)}]  # fmt: skip
    if field.name == "boxes":
        return {box.name: text for box in CANVASES["lean"].boxes}
    names = {"problems": ("column", "value", "problem", "hint"), "acceptance": ("text",)}
    if field.name in names:
        return [dict.fromkeys(names[field.name], text)]
    if field.name == "changes":
        return {"title": [text, text]}
    return [text] if isinstance(now, list) else {"note": text}


OF_A_SHAPE = {
    "lines": {"type": "cost", "first": 0, "last": 1, "growth": 0, "amount": [1, 2, 3]},
    "decisions": {"decision": "hold", "at": "2026-01-01T00:00:00+00:00", "advice": "", "evidence": {}},
}  # fmt: skip


def row_full_of(rowset, text):
    """A row with the canary in each of its texts, and something lawful where a text cannot stand."""
    others = {
        "day": "2026-01-01",
        "number": 1,
        "yes_no": True,
        "url": f"https://example.com/{text}",
    }
    return {
        column.name: column.choices[0][0] if column.choices else others.get(column.type, text)
        for column in rowset.columns
    }


def where(world, row):
    """Which product a row stands in, or `acme`; None for what belongs to nobody here."""
    if isinstance(row, User):
        return "acme" if row.email.split("@")[0] in {"alice", "bob", "carol", "dora"} else None
    if isinstance(row, Workspace):
        return "acme" if row.pk == world.acme.pk else None
    known = {world.atlas.pk: "atl", world.boreas.pk: "bor"}
    if isinstance(row, ProductEvent):  # It has no workspace of its own.
        return known.get(row.product_id)
    if getattr(row, "workspace_id", None) != world.acme.pk:
        return None
    return of_group(row) or known.get(product_key(row), "acme")


def of_group(row):
    """The product below a group of products, told by the group or by an event about it."""
    if isinstance(row, ProductGroup):
        return row.products.get().key.lower()
    if isinstance(row, Event) and row.kind == "product_group":
        told = (
            row.data.get("name") or row.data["note"].split("-")[1]
        )  # As written, or as `fill` made it.
        return told[-3:].lower()
    return None


def product_key(row):
    """The primary key of the product that a row stands in, or None."""
    for name in getattr(type(row).objects.none(), "product_field", "product_id").split("__"):
        row = getattr(row, name, None)
    return row


def publish(world, idea):
    """What the portal and the shared link are meant to show is no secret."""
    Idea.objects.filter(pk=idea.pk).update(
        title="Open to all", description="For everybody", response="We are on it"
    )
    Reference.objects.filter(pk=idea.pk).update(title="Open to all", text="For everybody")
    Product.objects.filter(pk=world.atlas.pk).update(name="Atlas", description="Maps")
    Workspace.objects.filter(pk=world.acme.pk).update(name="Acme")
    Portal.objects.update(name="", welcome="For all")
    Board.objects.filter(product=world.atlas).update(name="Wishes", description="For all")
    for name in ("item", "objective", "release", "milestone"):
        kind = next(kind for kind in all_kinds() if kind.name == name)
        kind.model.objects.filter(product=world.atlas).update(title=f"Public {name}")
        Reference.objects.filter(product=world.atlas, kind=name).update(title=f"Public {name}")
    Placement.objects.filter(product=world.atlas).update(public_title="", public_note="For readers")
    Share.objects.filter(product=world.atlas).update(
        name="Partners", show=every_field(), filters={}, allowed_origins=[]
    )


def values_of(world, public):
    """What addresses can be filled with, by the name of the part: everything of Atlas there is."""
    records = Reference.objects.filter(product=world.atlas).select_related("product")
    tables = [
        ImportBatch,
        Job,
        SavedView,
        CustomField,
        Share,
        Invitation,
        CommunicationLine,
        DigestSubscription,
        Question,
        RoadmapScenario,
        StatusUpdate,
        ProductGroup,
        Component,
    ]
    tables += [Company, Person, ScoringModel, Round]
    uuids = [
        row.uuid
        for table in tables
        for row in table.objects.filter(workspace=world.acme)
        if hasattr(row, "uuid") and where(world, row) != "bor"
    ]
    hidden = Idea.objects.filter(product=world.atlas).exclude(pk=public.pk).first()
    return {
        "slug": ["acme"],
        "tab": ["roadmap"],
        "key": ["ATL"],
        "reference": [record.key for record in records],
        "kinds": {record.key: record.kind for record in records},
        "path": [kind.path for kind in all_kinds()],
        "form": ["csv", "ndjson", "xlsx", "ics", "pdf", "png"],
        "number": [public.number, hidden.number],
        "uuid": uuids,
        "file": {
            row.record.key: row.uuid
            for row in Attachment.objects.filter(record__in=records).select_related(
                "record__product"
            )
        },
    }
