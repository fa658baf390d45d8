"""Probabilistic dates on a real history of plans: calibrated, better than the base rate, and only from what was known."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command

from analytics.management.kubernetes.forecasts import HORIZONS, line_of, walk, windows_of
from analytics.management.kubernetes.history import read
from roadmap.forecasting.curves import OPEN, REACHED

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "kubernetes"

needs_data = pytest.mark.skipif(
    not (FOLDER / "feature_history.jsonl").is_file(),
    reason="needs ../shared/data/kubernetes beside the project",
)


@needs_data
@pytest.mark.timeout(300)
def test_chances_on_the_kubernetes_history_are_calibrated_and_beat_the_base_rate():
    history = read(FOLDER)
    monthly, when_made = walk(history, date(2023, 1, 1))
    for days in HORIZONS:
        line = line_of(history, monthly, days)
        assert line.count > 3000
        assert line.error <= 0.05
        assert line.brier < 0.7 * line.base < 0.5 * line.naive
        new = line_of(history, when_made, days)
        assert new.brier < 0.85 * new.base
        assert new.error < 0.07  # with so few forecasts, exactly true chances show 0.04
    kept = windows_of(history, monthly, 0.85)
    assert kept.covered == pytest.approx(0.85, abs=0.03)
    assert kept.width < 200
    as_planned = line_of(history, when_made, 0)
    assert as_planned.came == pytest.approx(0.58, abs=0.02)


RELEASES = [
    {
        "version": f"v1.{14 + n}",
        "cycle_begins": str(date(2020, 1, 1) + timedelta(days=120 * n)),
        "released": str(date(2020, 4, 1) + timedelta(days=120 * n)),
    }
    for n in range(9)
]
PATHS = {1: "keps/1/kep.yaml", 2: "pkg/testdata/kep.yaml", 3: "keps/3/kep.yaml"}


def change(number, at, field, new):
    return {"number": number, "at": at, "field": field, "old": None, "new": new}


@pytest.fixture
def folder(tmp_path):
    rows = [
        change(1, "2020-05-02T00:30:00+02:00", "created", "One"),
        change(1, "2020-05-02T00:30:00+02:00", "alpha", "v1.15"),
        change(1, "2020-06-01T00:00:00+00:00", "stage", "alpha"),
        # Written before midnight elsewhere, after the row below, which stands later in the file.
        change(1, "2020-09-09T23:30:00-07:00", "alpha", "v1.17"),
        change(1, "2020-09-10T01:00:00+00:00", "alpha", "v1.16"),
        change(1, "2021-08-01T00:00:00+00:00", "status", "withdrawn"),
        change(2, "2020-05-01T00:00:00+00:00", "alpha", "v1.15"),
        change(3, "2020-05-01T00:00:00+00:00", "title", "KEP Template"),
    ]
    lines = b"\n".join(orjson.dumps(row) for row in rows)
    (tmp_path / "feature_history.jsonl").write_bytes(lines)
    listed = [orjson.dumps({"number": n, "path": path}) for n, path in PATHS.items()]
    (tmp_path / "features.jsonl").write_bytes(b"\n".join(listed))
    (tmp_path / "releases.json").write_bytes(orjson.dumps(RELEASES))
    return tmp_path


def test_a_stage_is_reached_on_the_day_of_its_release_until_another_release_is_named(folder):
    history = read(folder)
    [feature] = history.features
    assert [snap.day.isoformat() for snap in feature.snaps][:1] == ["2020-05-01"]
    reached = [
        feature.reached("alpha", day, history.releases)
        for day in (date(2020, 7, 29), date(2020, 7, 30), date(2020, 9, 10), date(2021, 3, 27))
    ]
    assert reached == [None, date(2020, 7, 30), None, date(2021, 3, 27)]
    assert feature.given_up(date(2021, 7, 31)) is None
    assert feature.given_up(date(2021, 9, 1)) == date(2021, 8, 1)


def test_a_forecast_learns_only_what_was_known_and_is_a_cycle_old(folder):
    history = read(folder)
    [look] = history.looks(date(2020, 6, 1))
    assert (look.minor, look.planned, look.traits[1]) == (15, date(2020, 7, 30), "declared")
    assert history.case(look, date(2020, 8, 1)).how == OPEN
    assert history.case(look, date(2020, 9, 9)).how == OPEN
    assert history.case(look, date(2021, 8, 1)).how == REACHED
    assert history.case(look, date(2022, 1, 1)).how == REACHED
    never = history.releases.known(22, date(2020, 9, 1))
    assert never == history.releases.days[16] + timedelta(days=6 * 120)
    assert history.case(look, date(2021, 9, 1)).how == REACHED


def test_the_command_prints_the_table_and_says_what_is_left_out(folder, tmp_path):
    out = StringIO()
    call_command("forecast_table", folder, since=date(2020, 6, 1), stdout=out)
    said = out.getvalue()
    assert "Every open plan on the first of each month: 0 forecasts of 0 plans" in said
    assert "2  features left out: test fixtures and unfilled templates" in said
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("forecast_table", tmp_path / "nowhere")
    with pytest.raises(CommandError, match="Give an earlier day"):
        call_command("forecast_table", folder, since=date(2030, 1, 1))
