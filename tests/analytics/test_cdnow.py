"""A real file of purchases, where it is present: the figures equal those computed without this product."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analytics.models import IntakeWarning, ProductEvent, Rollup
from analytics.services.rollups import rollups_catch_up
from tests.make import make_metric
from tests.world import make_product

DATA = Path(__file__).resolve().parents[3] / "shared/data/cdnow"
OPTIONS = {
    "actor": "customer_id", "at": "purchased_on", "value": "amount_usd", "name": "purchase", "currency": "USD",
}  # fmt: skip


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here")
def test_the_months_of_cdnow_equal_the_reference(world):
    reference = json.loads((DATA / "reference.json").read_text())
    product = make_product(world.acme, "CDN", name="CD shop")
    alice = world.actor("alice")
    metrics = {
        name: make_metric(
            alice, product, name, source="events", event_name="purchase", aggregation=how
        )
        for name, how in (("active", "actors"), ("orders", "count"), ("revenue", "sum"))
    }
    call_command("import_events", DATA / "purchases.csv", product="CDN", verbosity=0, **OPTIONS)
    while rollups_catch_up(product_id=product.pk):
        pass
    assert ProductEvent.objects.filter(product=product).count() == reference["rows"]
    assert IntakeWarning.objects.count() == 0
    for name, metric in metrics.items():
        ours = {
            f"{start:%Y-%m}": value
            for start, value in Rollup.objects.filter(metric=metric, period="month").values_list(
                "start", "value"
            )
        }
        theirs = {month: Decimal(str(row[name])) for month, row in reference["monthly"].items()}
        assert {month: ours.get(month) for month in theirs} == theirs, name
    assert len(reference["monthly"]) >= 9


CSV = "id,when,what,sum\n1,2026-03-01,buy,10\n1,2026-03-01,buy,10\n2,2026-03-02 08:00,buy,\n,2026-03-03,buy,1\n"


def load(path, **more):
    call_command(
        "import_events", path, product="ATL", actor="id", at="when", name_column="what", value="sum", **more
    )  # fmt: skip


def test_the_same_file_twice_adds_nothing_and_equal_rows_stay_apart(world, tmp_path, capsys):
    path = tmp_path / "events.csv"
    path.write_text(CSV)
    load(path)
    assert ProductEvent.objects.count() == 3
    assert "3 events added" in capsys.readouterr().out
    load(path)
    out = capsys.readouterr().out
    assert ProductEvent.objects.count() == 3
    assert "0 events added, 3 were there already, 1 refused" in out
    assert "line 5: actor" in out


def test_dates_are_days_of_the_workspace(world, tmp_path):
    world.acme.time_zone = "America/New_York"
    world.acme.save()
    path = tmp_path / "events.csv"
    path.write_text(CSV)
    load(path)
    hours = sorted(ProductEvent.objects.values_list("at__hour", flat=True))
    assert hours == [5, 5, 13]


def test_a_wrong_column_or_product_is_one_sentence(world, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="no column id, sum, what, when"):
        load(path)
    with pytest.raises(CommandError, match="cannot be read"):
        load(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="no product NOPE"):
        call_command("import_events", path, product="NOPE", actor="a", at="b", name="x")
    with pytest.raises(CommandError, match="either"):
        call_command("import_events", path, product="ATL", actor="a", at="b")
