"""The demo product as a newcomer meets it: whole, linked, the same for the same seed, and nothing in it a placeholder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.test.utils import override_settings

from analytics.demo.wipe import workspace_wipe
from analytics.models import Metric, ProductEvent, Rollup
from backlog.models import Assessment, BacklogItem, IdeaLink, Requirement, Spec, Sprint
from feedback.models import Feedback, FeedbackLink
from ideas.models import Company, Idea, IdeaFollow, StatusMail, Vote
from plm.kinds import all_kinds
from plm.lineage import trace
from plm.management.demo_logins import LOGINS
from plm.models import Attachment, Comment, Counter, Event, Job, Reference, User, Workspace
from plm.permissions import SYSTEM
from roadmap.models import (
    AskedPerson,
    Delivery,
    Digest,
    KeyResultCheckIn,
    Milestone,
    Objective,
    Placement,
    Question,
    Release,
    Share,
    StatusUpdate,
)

SMALL = 60
DAY = date(2026, 6, 10)
PLACEHOLDERS = re.compile(
    r"lorem|ipsum|todo\b|tbd|foo\b|asdf|xxx|\bfeature \d|\bidea \d|\bitem \d|test data|\[\[|\{x\}|\{t\}",
    re.IGNORECASE,
)
LISTS = (
    "", "ideas/", "specs/", "backlog/", "prioritize/", "roadmap/", "roadmap/board", "roadmap/releases",
    "plan/objectives/", "plan/vision", "delivery/", "delivery/board", "analytics/", "feedback/", "customers/", "research/", "trends/", "competitors/", "competitors/comparison", "feasibility/",
    "business-cases/", "gates/",
)  # fmt: skip


@pytest.fixture(scope="module")
def told(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[Workspace]:
    """One small demo for the whole file: telling it takes some seconds."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
    ):
        call_command("demo", items=SMALL, verbosity=0)
        workspace = Workspace.objects.get(slug="demo")
    yield workspace
    with django_db_blocker.unblock():
        workspace_wipe(workspace=workspace)
        User.objects.all().delete()


@pytest.fixture
def demo(told: Workspace, db: Any) -> Workspace:
    return told


def digest(workspace: Workspace) -> str:
    """Of all that a seed decides: titles, states, scores, votes, figures."""
    parts: list[Any] = [
        *Reference.objects.filter(workspace=workspace)
        .order_by("number")
        .values_list("number", "kind", "title", "state", "text"),
        *BacklogItem.objects.filter(workspace=workspace)
        .order_by("number")
        .values_list("number", "score", "rank", "estimate"),
        *Idea.objects.filter(workspace=workspace)
        .order_by("number")
        .values_list("number", "votes_count", "demand_revenue"),
        *Rollup.objects.filter(workspace=workspace)
        .order_by("metric__key", "period", "start")
        .values_list("metric__key", "period", "start", "value"),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def browser(email: str) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_every_stage_has_records(demo: Workspace) -> None:
    mine = {"workspace": demo}
    for model in (
        Idea, Vote, BacklogItem, IdeaLink, Spec, Requirement, Assessment, Objective, KeyResultCheckIn, Release,
        Milestone, Placement, Share, Sprint, Metric, Rollup, Feedback, FeedbackLink, Company, Comment, Attachment,
    ):  # fmt: skip
        assert model.objects.filter(**mine).exists(), model.__name__
    assert ProductEvent.objects.filter(product__workspace=demo).count() > 15_000
    # No product of the story has come to its end, where ideas are redirected.
    states = set(Idea.workflow.names()) - {"redirected"}
    assert set(Idea.objects.values_list("state", flat=True)) == states
    assert {"backlog", "todo", "in_progress", "done"} <= set(
        BacklogItem.objects.values_list("state", flat=True)
    )
    assert Sprint.objects.filter(state="active").count() == 1
    assert BacklogItem.objects.filter(rank_pinned=2).count() == 1
    assert not Job.objects.exclude(state="done").exists()


def test_people_are_kept_informed_and_nobody_is_mailed(demo: Workspace, mailoutbox: Any) -> None:
    client = browser("maren@tarn.example")
    home = "/demo/TRN/"
    plan = client.get(f"{home}plan/communication").content.decode()
    assert "Overdue" in plan
    assert "last sent" in plan
    updates = StatusUpdate.objects.filter(workspace=demo)
    assert sorted(updates.values_list("state", flat=True)) == [
        "draft",
        "sent",
        "sent",
        "sent",
        "sent",
    ]
    went = set(Delivery.objects.filter(workspace=demo).values_list("state", flat=True))
    assert went == {"sent", "failed"}
    assert Digest.objects.filter(workspace=demo, state="sent", changes__gt=0).exists()
    asked = Question.objects.filter(workspace=demo)
    assert set(asked.values_list("kind", flat=True)) == {"approve", "choose", "comment"}
    assert asked.exclude(closed_at=None).count() == 1
    battery = asked.get(kind="approve")
    assert set(battery.people.values_list("verdict", flat=True)) == {"yes", "no", ""}
    assert not AskedPerson.objects.filter(workspace=demo).exclude(mail_state="sent").exists()
    assert not mailoutbox
    life = client.get(f"{home}plan/lifecycle").content.decode()
    assert "Candidates for retirement" in life
    assert "Sunset plan" in life


def test_a_quote_leads_to_the_metric_and_back(demo: Workspace) -> None:
    metric = Metric.objects.get(key="alarms-per-site")
    feature = BacklogItem.objects.get(title="Alarm groups with one message")
    spec = feature.specs.get()
    release = feature.placement.release
    idea = Idea.objects.get(title__startswith="One text message")
    said = Feedback.objects.get(title__startswith="31 text messages")
    _, after = trace(SYSTEM, said.pk)
    assert release is not None
    assert {r.record.pk for r in after} >= {idea.pk, feature.pk, spec.pk, release.pk, metric.pk}
    before, _ = trace(SYSTEM, metric.pk)
    assert {r.record.pk for r in before} >= {feature.pk, idea.pk, said.pk}
    assert idea.state == "shipped"
    assert release.state == "released"
    assert IdeaLink.objects.filter(item__title="Peak guard for cold rooms").count() > 1
    assert IdeaLink.objects.filter(idea__title__startswith="Show me in euros").count() == 2


def test_history_runs_over_two_years_in_order(demo: Workspace) -> None:
    events = Event.objects.filter(workspace=demo)
    times = list(events.order_by("sequence").values_list("created_at", flat=True))
    assert len(times) == Workspace.objects.get(pk=demo.pk).last_event
    assert (times[-1] - times[0]).days > 700
    months = {(at.year, at.month) for at in times}
    assert len(months) >= 24
    last = (
        Reference.objects.filter(workspace=demo)
        .order_by("-number")
        .values_list("number", flat=True)
    )
    assert Counter.objects.get(product__workspace=demo).last == last[0]
    released = Release.objects.filter(state="released").values_list("release_on", "released_on")
    assert all(planned == came for planned, came in released)


def test_the_metric_falls_after_its_feature_shipped(demo: Workspace) -> None:
    feature = BacklogItem.objects.get(title="Alarm groups with one message")
    assert feature.done_at is not None
    shipped = feature.done_at.date()
    weeks = Rollup.objects.filter(metric__key="alarms-per-site", period="week").order_by("start")
    before = [float(r.value) for r in weeks if r.start < shipped][-8:]
    after = [float(r.value) for r in weeks if r.start > shipped][-8:]
    assert sum(after) < 0.7 * sum(before)


def test_nobody_of_the_story_gets_a_mail(demo: Workspace) -> None:
    assert IdeaFollow.objects.filter(workspace=demo).exists()
    assert not StatusMail.objects.filter(workspace=demo).exists()
    assert not Job.objects.filter(workspace=demo, kind="ideas.status").exists()


def test_a_second_run_does_nothing(demo: Workspace) -> None:
    events = Event.objects.count()
    call_command("demo", items=SMALL, verbosity=0)
    assert Event.objects.count() == events


@pytest.mark.once
@pytest.mark.timeout(400)
def test_the_same_seed_tells_the_same_story(db: Any) -> None:
    call_command("demo", items=SMALL, verbosity=0, workspace="one", as_of=DAY)
    call_command("demo", items=SMALL, verbosity=0, workspace="twin", as_of=DAY)
    one, twin = (Workspace.objects.get(slug=slug) for slug in ("one", "twin"))
    first = digest(one)
    assert digest(twin) == first
    call_command("demo", items=SMALL, verbosity=0, workspace="one", reset=True, seed=2, as_of=DAY)
    again = Workspace.objects.get(slug="one")
    assert again.pk != one.pk
    assert digest(again) != first
    assert digest(twin) == first
    assert not Event.objects.filter(workspace_id=one.pk).exists()


@pytest.mark.once
@pytest.mark.parametrize("day", ["2024-02-29", "2025-01-05"])
def test_the_story_can_end_on_any_day(db: Any, day: str) -> None:
    call_command("demo", items=SMALL, verbosity=0, as_of=date.fromisoformat(day))
    assert Sprint.objects.filter(state="active").count() == 1
    assert Release.objects.filter(state="released").count() >= 6
    assert not Job.objects.exclude(state="done").exists()


def test_reset_touches_no_workspace_but_a_demo(world: Any) -> None:
    with pytest.raises(CommandError, match="no demo"):
        call_command("demo", workspace="acme", reset=True, verbosity=0)
    assert Workspace.objects.filter(slug="acme").exists()


@pytest.mark.parametrize("items", [59, 100_001])
def test_a_size_out_of_bounds_is_refused(db: Any, items: int) -> None:
    with pytest.raises(CommandError, match="--items"):
        call_command("demo", items=items)


@pytest.mark.once
def test_more_items_keep_counters_and_scores_right(db: Any) -> None:
    call_command("demo", items=600, verbosity=0, workspace="more")
    items = BacklogItem.objects.filter(product__workspace__slug="more")
    assert items.count() == 600
    ranks = sorted(items.filter(rank__gt=0).values_list("rank", flat=True))
    assert ranks == list(range(1, len(ranks) + 1))
    assert items.values("title").distinct().count() == 600
    ideas = Idea.objects.filter(product__workspace__slug="more")
    assert all(idea.votes.count() == idea.votes_count for idea in ideas)
    for title, text in Reference.objects.values_list("title", "text"):
        assert not PLACEHOLDERS.search(f"{title} {text}"), title


@pytest.mark.once
def test_every_page_shows_something_to_every_login(demo: Workspace) -> None:
    for what, email, password in LOGINS:
        assert User.objects.get(email=email).check_password(password), what
        client = browser(email)
        portal = client.get("/portal/demo/TRN/")
        assert portal.status_code == 200
        assert "Charge the vans" in portal.content.decode()
        for path in LISTS:
            answer = client.get(f"/demo/TRN/{path}")
            assert answer.status_code == (404 if "portal" in what else 200), (what, path)
        if "portal" in what:
            continue
        for kind in all_kinds():
            record = (
                kind.model.objects.filter(workspace=demo)
                .select_related("product__workspace")
                .first()
            )
            assert record is not None, kind.name
            assert client.get(record.get_absolute_url()).status_code == 200, kind.name


def test_nothing_reads_like_a_placeholder(demo: Workspace) -> None:
    for title, text in Reference.objects.values_list("title", "text"):
        assert not PLACEHOLDERS.search(f"{title} {text}"), title
    for body in Comment.objects.values_list("body", flat=True):
        assert not PLACEHOLDERS.search(body), body
