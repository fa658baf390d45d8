"""The life of a real product, imported as it is: all of it there, its dirt reported, twice the same."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Metric
from backlog.models import BacklogItem, Requirement, Spec
from plm.models import Event, ImportBatch, ImportRow, Product, Relation, Team
from roadmap.models import Milestone, Placement, Release

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


@needs_data
@pytest.mark.timeout(900)
def test_kubernetes_is_imported_whole_and_twice_is_once(world):
    said = run(world)
    product = Product.objects.get(key="K8S")
    here = {"product": product}
    assert BacklogItem.objects.filter(**here, type="feature").count() == 658
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
    assert Placement.objects.filter(**here).count() == 507

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

    facts = Event.objects.filter(product=product).exclude(verb__startswith="import.").count()
    versions = sorted(BacklogItem.objects.filter(**here).values_list("pk", "version"))
    again = run(world)
    assert "item: 658 rows: 658 unchanged, 274 links" not in said
    for line in (
        "item: 658 rows: 274 links, 658 unchanged",
        "spec: 658 rows: 658 links, 658 unchanged",
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
