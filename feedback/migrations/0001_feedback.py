import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from plm.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("backlog", "0001_backlog"),
        ("ideas", "0001_ideas"),
        ("plm", "0003_titles"),
        ("roadmap", "0001_roadmap"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Feedback",
                    fields=[
                        (
                            "reference_row",
                            models.OneToOneField(
                                db_column="id",
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="plm.reference",
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("number", models.BigIntegerField(editable=False)),
                        ("title", models.CharField(max_length=250)),
                        ("description", models.TextField(blank=True)),
                        ("state", models.CharField(max_length=24)),
                        ("custom", models.JSONField(blank=True, default=dict)),
                        ("external_source", models.CharField(blank=True, max_length=60)),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("email", "E-mail"),
                                    ("call", "Call"),
                                    ("survey", "Survey"),
                                    ("portal", "Portal"),
                                    ("review", "Review"),
                                    ("support", "Support"),
                                    ("sales", "Sales"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=8,
                            ),
                        ),
                        ("received_at", models.DateTimeField()),
                        (
                            "sentiment",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not judged"),
                                    ("positive", "Praise"),
                                    ("neutral", "Request"),
                                    ("negative", "Problem"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="feedback",
                                to="ideas.company",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="feedback",
                                to="ideas.person",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.product",
                            ),
                        ),
                        (
                            "release",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="roadmap.release",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="plm.team",
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.workspace",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "feedback",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="feedback_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="feedback_updated",
                            ),
                            models.Index(
                                fields=["product", "-received_at", "-reference_row"],
                                name="feedback_received",
                            ),
                            models.Index(
                                fields=["product", "state", "-received_at", "-reference_row"],
                                name="feedback_inbox",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="feedback_feedback_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "source__in",
                                        [
                                            "email",
                                            "call",
                                            "survey",
                                            "portal",
                                            "review",
                                            "support",
                                            "sales",
                                            "other",
                                        ],
                                    )
                                ),
                                name="feedback_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sentiment__in", ["", "positive", "neutral", "negative"])
                                ),
                                name="feedback_sentiment_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("new", "reviewed", "processed", "spam"))
                                ),
                                name="feedback_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedbackLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("excerpt", models.TextField(max_length=4000)),
                        ("start", models.PositiveIntegerField(blank=True, null=True)),
                        ("end", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "importance",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (0, "Not important"),
                                    (1, "Nice to have"),
                                    (2, "Important"),
                                    (3, "Critical"),
                                ],
                                default=1,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "feedback",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quotes",
                                to="feedback.feedback",
                            ),
                        ),
                        (
                            "idea",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quotes",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quotes",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "linked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.workspace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("idea", None), ("item__isnull", False)),
                                    models.Q(("idea__isnull", False), ("item", None)),
                                    _connector="OR",
                                ),
                                name="quote_one_target",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end", None), ("start", None)),
                                    models.Q(
                                        ("end__gt", models.F("start")), ("start__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="quote_place_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("importance__in", [0, 1, 2, 3])),
                                name="quote_importance_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("idea__isnull", False), ("start__isnull", False)
                                ),
                                fields=("feedback", "idea", "start"),
                                name="quote_of_idea_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("item__isnull", False), ("start__isnull", False)
                                ),
                                fields=("feedback", "item", "start"),
                                name="quote_of_item_once",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
