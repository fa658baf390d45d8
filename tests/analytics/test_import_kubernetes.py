"""The life of a real product, imported as it is: all of it there, its dirt reported, twice the same."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Metric
from backlog.models import BacklogItem, Requirement, Spec
from plm.models import Event, ImportBatch, ImportRow, Product, Relation, Team
from plm.selectors import actor_of
from roadmap.models import Milestone, Placement, Release
from roadmap.selectors.states import roadmap_states

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "kubernetes"

needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="needs ../shared/data/kubernetes beside the project"
)


def run(world, who="dora"):
    out = StringIO()
    call_command(
        "import_kubernetes", str(FOLDER), workspace="acme", product="K8S",
        email=getattr(world, who).email, stdout=out,
    )  # fmt: skip
    return out.getvalue()


MEANT = {
    "implementable": "in_progress", "implemented": "done", "rejected": "cancelled", "withdrawn": "cancelled",
    "replaced": "cancelled",
}  # fmt: skip


def states_of_the_file(moments):
    """By moment, the roadmap as the file alone tells it: number -> (title, team, state, first day, last
    day, release, column)."""
    releases = {r["version"]: r for r in json.loads((FOLDER / "releases.json").read_text())}
    lines = [
        json.loads(line) for line in (FOLDER / "feature_history.jsonl").read_text().splitlines()
    ]
    for line in lines:
        line["moment"] = datetime.fromisoformat(line["at"])
    for moment in moments:
        features = {}
        for line in lines:
            if line["moment"] <= moment:
                features.setdefault(line["number"], {})[line["field"]] = line["new"]
        state = {}
        for number, known in features.items():
            plans = [known.get(c) for c in ("alpha", "beta", "stable", "latest_milestone")]
            dates = sorted((releases[v]["released"], v) for v in plans if v in releases)
            if dates:
                begins = releases[dates[0][1]]["cycle_begins"]
                column = "now" if begins <= moment.date().isoformat() else "next"
                title = known.get("title", known["created"])
                done = MEANT.get(known.get("status"), "backlog")
                place = (begins, dates[-1][0], dates[-1][1], column)
                state[str(number)] = (title, known.get("group"), done, *place)
        yield state


def the_past_is_that_of_the_file(world, product):
    """On 60 days between the first change and the last, the product's roadmap is what the file says of that day."""
    dice = random.Random(7)
    first = datetime(2020, 3, 18, tzinfo=UTC)
    moments = [first + timedelta(minutes=dice.randrange(2309 * 1440)) for _ in range(60)]
    actor = actor_of(world.dora)
    names = dict(BacklogItem.objects.filter(product=product).values_list("pk", "external_id"))
    titles = {r.reference: r.title for r in Release.objects.filter(product=product)}
    ours = roadmap_states(actor, product, moments)
    for moment, state, wanted in zip(moments, ours, states_of_the_file(moments), strict=True):
        seen = {
            names[key]: (
                *(row[name] for name in ("title", "team", "state", "starts_on", "ends_on")),
                titles[row["release"]],
                row["bucket"],
            )
            for key, row in state.items()
        }
        assert seen == wanted, moment
    assert max(map(len, ours)) > 400


@needs_data
@pytest.mark.timeout(900)
def test_kubernetes_is_imported_whole_and_twice_is_once(world):
    said = run(world)
    product = Product.objects.get(key="K8S")
    here = {"product": product}
    assert BacklogItem.objects.filter(**here, type="feature").count() == 672
    assert Spec.objects.filter(**here, item__isnull=False).count() == 658
    assert Release.objects.filter(**here).count() == 24
    assert Milestone.objects.filter(**here, release__isnull=False).count() == 48
    assert Metric.objects.filter(**here).count() == 437
    assert Team.objects.filter(workspace=world.acme).count() == 24
    kinds = dict(
        Relation.objects.values_list("type").order_by("type").distinct().values_list("type", "pk")
    )
    assert set(kinds) == {"relates", "replaces"}
    assert Relation.objects.filter(type="relates").count() == 264
    assert Relation.objects.filter(type="replaces").count() == 10
    assert Placement.objects.filter(**here).count() == 515
    gone = BacklogItem.objects.filter(**here, specs=None)
    assert gone.count() == gone.exclude(archived_at=None).count() == 14

    known = BacklogItem.objects.get(**here, external_id="19")
    assert known.title == "CronJobs (previously ScheduledJobs)"
    assert (known.state, known.team.name) == ("done", "sig-apps")
    assert known.created_at.date() == date(2019, 4, 18)
    assert known.custom["maturity"] == "stable"
    place = Placement.objects.get(item=known)
    assert (place.release.title, place.starts_on) == ("v1.22", date(2021, 1, 11))
    assert place.ends_on == date(2021, 8, 4)
    criteria = [len(r.acceptance) for r in Requirement.objects.filter(spec__product=product)]
    assert sum(criteria) > 2400

    misspelt = BacklogItem.objects.get(**here, external_id="2625")
    assert misspelt.state == "backlog"
    assert misspelt.custom["status_in_source"] == "imlpemented"
    assert "5 × Status is none of the known ones" in said
    batch = ImportBatch.objects.get(product=product, kind="item")
    assert ImportRow.objects.filter(batch=batch, outcome="warning").count() > 200
    assert ImportRow.objects.filter(batch__product=product, outcome="refused").count() == 0
    assert Placement.objects.filter(item__external_id="1").count() == 0

    the_past_is_that_of_the_file(world, product)
    facts = Event.objects.filter(product=product).exclude(verb__startswith="import.").count()
    versions = sorted(BacklogItem.objects.filter(**here).values_list("pk", "version"))
    again = run(world)
    assert "item: 672 rows: 672 unchanged, 274 links" not in said
    for line in (
        "item: 672 rows: 274 links, 672 unchanged",
        "spec: 658 rows: 658 links, 658 unchanged",
        "history: 0 facts told",
    ):
        assert line in again
    assert (
        Event.objects.filter(product=product).exclude(verb__startswith="import.").count() == facts
    )
    assert sorted(BacklogItem.objects.filter(**here).values_list("pk", "version")) == versions


@needs_data
def test_only_whoever_may_make_the_product_can_begin(world):
    with pytest.raises(CommandError, match="needs the role admin"):
        run(world, "alice")
    with pytest.raises(CommandError, match="belongs to no workspace"):
        run(world, "mallory")


def test_a_folder_without_the_files_is_refused_in_one_sentence(world, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_kubernetes", str(tmp_path), workspace="acme", email=world.dora.email)
