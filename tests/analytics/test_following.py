"""Key results follow the metrics that measure them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from analytics.services.following import key_results_follow
from analytics.services.readings import NewReading, readings_put
from plm.models import Event
from plm.services.records import record_move
from roadmap.models import KeyResult, KeyResultCheckIn
from roadmap.services.objectives import key_result_check_in
from tests.make import make_key_result, make_metric, make_objective


def staged(world):
    alice = world.actor("alice")
    result = make_key_result(alice, make_objective(alice, world.atlas), start=9.0, target=5.0)
    metric = make_metric(alice, world.atlas, "No-shows", key_result=result, period="week")
    return result, metric


def weeks_ago(count: int) -> datetime:
    return timezone.now() - timedelta(weeks=count)


def put(world, work, metric, *figures):
    rows = [NewReading(at=weeks_ago(ago), value=Decimal(str(value))) for ago, value in figures]
    readings_put(actor=world.actor("alice"), metric=metric, readings=rows, source="api")
    work()


def test_the_last_complete_period_is_the_current_value_and_the_others_its_course(world, work):
    result, metric = staged(world)
    put(world, work, metric, (3, 8.0), (2, 7.0), (0, 1.0))
    now = KeyResult.objects.get(pk=result.pk)
    assert (now.current, now.progress) == (7.0, 0.5)
    noted = KeyResultCheckIn.objects.order_by("at")
    assert [reading.value for reading in noted] == [8.0, 7.0]
    assert noted[0].note.startswith(f"From {metric.reference} No-shows, W")
    assert Event.objects.filter(verb="key_result.checked_in").count() == 2


def test_the_same_figures_write_nothing_and_a_corrected_one_replaces(world, work):
    result, metric = staged(world)
    put(world, work, metric, (2, 7.0))
    before = Event.objects.count()
    at = KeyResultCheckIn.objects.get().at
    assert key_results_follow(product_id=world.atlas.pk) == 0
    assert Event.objects.count() == before
    rows = [NewReading(at=weeks_ago(2), value=Decimal("6.5"))]
    readings_put(actor=world.actor("alice"), metric=metric, readings=rows, source="api")
    work()
    reading = KeyResultCheckIn.objects.get()
    assert (reading.value, reading.at) == (6.5, at)
    assert KeyResult.objects.get(pk=result.pk).current == 6.5


def test_what_a_person_noted_later_stays_and_so_does_their_confidence(world, work):
    result, metric = staged(world)
    key_result_check_in(actor=world.actor("bob"), key_result=result, value=6.0, confidence=70)
    put(world, work, metric, (2, 7.0))
    now = KeyResult.objects.get(pk=result.pk)
    assert (now.current, now.confidence) == (6.0, 70)
    assert KeyResultCheckIn.objects.get(author=None).confidence is None
    assert KeyResultCheckIn.objects.count() == 2


def test_a_key_result_that_is_over_follows_no_more(world, work):
    result, metric = staged(world)
    record_move(result, actor=world.actor("alice"), state="reached")
    put(world, work, metric, (2, 7.0))
    assert not KeyResultCheckIn.objects.exists()
