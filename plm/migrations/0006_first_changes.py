"""The first change of a field after a moment is found by an index of that field, and so are changes of plans."""

from __future__ import annotations

from django.db import migrations, models

FIELDS = (
    "title", "state", "owner", "team", "component", "archived_at", "estimate",
    "bucket", "starts_on", "ends_on", "grain", "objective", "release", "commitment", "health", "health_note", "hidden",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("plm", "0005_product_hierarchy")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["product", "created_at"],
                name="event_of_removal",
                condition=models.Q(verb="placement.removed"),
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["product", "sequence"],
                name="event_of_plan",
                condition=models.Q(verb__in=("placement.made", "placement.moved", "placement.removed")),
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["product", "created_at"],
                name="event_of_scores",
                condition=models.Q(verb="scores.recomputed"),
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["record", "created_at", "sequence"],
                name="event_of_assessment",
                condition=models.Q(verb="item.assessed"),
            ),
        ),
        *(
            migrations.AddIndex(
                "event",
                models.Index(
                    fields=["record", "created_at", "sequence"],
                    name=f"event_first_{name}",
                    condition=models.Q(changes__has_key=name),
                ),
            )
            for name in FIELDS
        ),
    ]
