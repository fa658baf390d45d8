import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from plm.migrating import CreateModels

import backlog.models.item
import backlog.models.review


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ideas", "0001_ideas"),
        ("plm", "0003_titles"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Sprint",
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
                        ("starts_on", models.DateField(verbose_name="first day")),
                        ("ends_on", models.DateField(verbose_name="last day")),
                        (
                            "capacity",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="capacity in points",
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
                            "product",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.product",
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
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="sprint_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="sprint_updated",
                            ),
                            models.Index(
                                fields=["product", "starts_on", "reference_row"],
                                name="sprint_starts",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="backlog_sprint_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("planned", "active", "completed"))
                                ),
                                name="sprint_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="sprint_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("capacity", None), ("capacity__gte", 0), _connector="OR"
                                ),
                                name="sprint_capacity_positive",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("archived_at", None),
                                    ("state", "active"),
                                    ("team__isnull", False),
                                ),
                                fields=("product", "team"),
                                name="sprint_active_once_a_team",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("archived_at", None), ("state", "active"), ("team", None)
                                ),
                                fields=("product",),
                                name="sprint_active_once_without_team",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WipLimit",
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
                        ("state", models.CharField(max_length=24)),
                        ("limit", models.PositiveIntegerField()),
                        ("hard", models.BooleanField(default=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.product",
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
                            models.UniqueConstraint(
                                fields=("product", "state"), name="wip_limit_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("limit__gte", 1)), name="wip_limit_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BacklogItem",
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
                            "type",
                            models.CharField(
                                choices=[
                                    ("epic", "Epic"),
                                    ("feature", "Feature"),
                                    ("story", "Story"),
                                    ("task", "Task"),
                                    ("bug", "Bug"),
                                ],
                                default="feature",
                                max_length=12,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                choices=[
                                    ("urgent", "Urgent"),
                                    ("high", "High"),
                                    ("medium", "Medium"),
                                    ("low", "Low"),
                                    ("none", "None"),
                                ],
                                default="none",
                                max_length=8,
                            ),
                        ),
                        (
                            "estimate",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="estimate in points",
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                        ("score", models.FloatField(editable=False, null=True)),
                        ("rank", models.BigIntegerField(default=0, editable=False)),
                        ("rank_pinned", models.BigIntegerField(editable=False, null=True)),
                        ("progress_done", models.PositiveIntegerField(default=0, editable=False)),
                        ("progress_total", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "board_order",
                            models.FloatField(
                                default=backlog.models.item.board_end, editable=False
                            ),
                        ),
                        ("started_at", models.DateTimeField(editable=False, null=True)),
                        ("done_at", models.DateTimeField(editable=False, null=True)),
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
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="backlog.backlogitem",
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
                        (
                            "sprint",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="items",
                                to="backlog.sprint",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "backlog item",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="backlogitem_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="backlogitem_updated",
                            ),
                            models.Index(
                                fields=["product", "-score", "-reference_row"], name="item_score"
                            ),
                            models.Index(
                                fields=["product", "rank", "reference_row"], name="item_rank"
                            ),
                            models.Index(
                                fields=["product", "state", "board_order"], name="item_board"
                            ),
                            models.Index(
                                condition=models.Q(("done_at", None), ("due_on__isnull", False)),
                                fields=["product", "due_on", "reference_row"],
                                name="item_due",
                            ),
                            models.Index(
                                condition=models.Q(("done_at__isnull", False)),
                                fields=["product", "state", "-done_at", "-reference_row"],
                                name="item_done",
                            ),
                            models.Index(
                                condition=models.Q(("parent__isnull", False)),
                                fields=["parent"],
                                name="item_parent",
                            ),
                            models.Index(
                                condition=models.Q(("sprint__isnull", False)),
                                fields=["sprint"],
                                name="item_sprint",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="backlog_backlogitem_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("type__in", ["epic", "feature", "story", "task", "bug"])
                                ),
                                name="item_type_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("priority__in", ["urgent", "high", "medium", "low", "none"])
                                ),
                                name="item_priority_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        (
                                            "backlog",
                                            "todo",
                                            "in_progress",
                                            "in_review",
                                            "done",
                                            "cancelled",
                                        ),
                                    )
                                ),
                                name="item_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("parent", None),
                                    models.Q(("parent", models.F("reference_row")), _negated=True),
                                    _connector="OR",
                                ),
                                name="item_not_own_parent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("parent", None),
                                    models.Q(("type", "epic"), _negated=True),
                                    _connector="OR",
                                ),
                                name="item_epic_on_top",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("estimate", None), ("estimate__gte", 0), _connector="OR"
                                ),
                                name="item_estimate_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("progress_done__lte", models.F("progress_total"))
                                ),
                                name="item_progress_fits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rank__gte", 0)), name="item_rank_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdeaLink",
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
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="item_links",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="idea_links",
                                to="backlog.backlogitem",
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
                            models.UniqueConstraint(fields=("item", "idea"), name="idea_link_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoringModel",
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
                        ("name", models.CharField(max_length=80)),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("weighted", "Weighted scoring"),
                                    ("rice", "RICE"),
                                    ("ice", "ICE, product of 1 to 10"),
                                    ("ice_tenth", "ICE, product divided by 10"),
                                    ("ice_share", "ICE, confidence in percent"),
                                    ("ice_mean", "ICE, mean of 1 to 10"),
                                    ("wsjf", "WSJF"),
                                    ("value_effort", "Value and effort"),
                                    ("cd3", "Cost of delay (CD3)"),
                                    ("opportunity", "Opportunity score"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("active", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "product",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.product",
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
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "name"), name="scoring_model_name_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("active", True)),
                                fields=("product",),
                                name="scoring_model_active_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "method__in",
                                        [
                                            "weighted",
                                            "rice",
                                            "ice",
                                            "ice_tenth",
                                            "ice_share",
                                            "ice_mean",
                                            "wsjf",
                                            "value_effort",
                                            "cd3",
                                            "opportunity",
                                        ],
                                    )
                                ),
                                name="scoring_model_method_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Criterion",
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
                        ("key", models.SlugField(max_length=40)),
                        ("label", models.CharField(max_length=80)),
                        ("slot", models.PositiveSmallIntegerField()),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("weight", models.FloatField(default=1)),
                        ("scale_min", models.FloatField(default=1)),
                        ("scale_max", models.FloatField(default=5)),
                        (
                            "backward",
                            models.BooleanField(
                                default=False, verbose_name="counts from the other end"
                            ),
                        ),
                        ("removed", models.BooleanField(default=False)),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.workspace",
                            ),
                        ),
                        (
                            "scoring_model",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="criteria",
                                to="backlog.scoringmodel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "slot"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scoring_model", "key"), name="criterion_key_once"
                            ),
                            models.UniqueConstraint(
                                fields=("scoring_model", "slot"), name="criterion_slot_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("slot__in", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10))),
                                name="criterion_slot_fits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gt", 0)),
                                name="criterion_weight_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("scale_max__gt", models.F("scale_min"))),
                                name="criterion_scale_has_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoringModelVersion",
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
                        ("version", models.PositiveIntegerField()),
                        ("definition", models.JSONField()),
                        ("reason", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "scoring_model",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="backlog.scoringmodel",
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
                            models.UniqueConstraint(
                                fields=("scoring_model", "version"),
                                name="scoring_model_version_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreBasis",
                    fields=[
                        (
                            "product",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="plm.product",
                            ),
                        ),
                        ("computed_at", models.DateTimeField()),
                        (
                            "workspace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.workspace",
                            ),
                        ),
                        (
                            "model_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="backlog.scoringmodelversion",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Assessment",
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
                        ("v1", models.FloatField(null=True)),
                        ("v2", models.FloatField(null=True)),
                        ("v3", models.FloatField(null=True)),
                        ("v4", models.FloatField(null=True)),
                        ("v5", models.FloatField(null=True)),
                        ("v6", models.FloatField(null=True)),
                        ("v7", models.FloatField(null=True)),
                        ("v8", models.FloatField(null=True)),
                        ("v9", models.FloatField(null=True)),
                        ("v10", models.FloatField(null=True)),
                        ("assessed_at", models.DateTimeField()),
                        (
                            "assessed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.product",
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
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assessments",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "scoring_model",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="backlog.scoringmodel",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scoring_model", "item"), name="assessment_once_a_model"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Spec",
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
                        ("problem", models.TextField(blank=True)),
                        ("audience", models.TextField(blank=True, verbose_name="who for")),
                        ("goals", models.JSONField(blank=True, default=list)),
                        ("non_goals", models.JSONField(blank=True, default=list)),
                        ("success_metric", models.CharField(blank=True, max_length=250)),
                        ("success_unit", models.CharField(blank=True, max_length=24)),
                        (
                            "success_baseline",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=18, null=True
                            ),
                        ),
                        (
                            "success_target",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=18, null=True
                            ),
                        ),
                        ("success_due", models.DateField(blank=True, null=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="specs",
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
                            "product",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.product",
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
                        ("decisions", models.JSONField(blank=True, default=list)),
                        ("dependencies", models.JSONField(blank=True, default=list)),
                        (
                            "questions",
                            models.JSONField(
                                blank=True, default=list, verbose_name="open questions"
                            ),
                        ),
                        ("risks", models.JSONField(blank=True, default=list)),
                    ],
                    options={
                        "verbose_name": "specification",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="spec_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="spec_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="backlog_spec_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("draft", "in_review", "approved", "superseded"))
                                ),
                                name="spec_state_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("archived_at", None),
                                    models.Q(("state", "superseded"), _negated=True),
                                ),
                                fields=("item",),
                                name="spec_stands_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Requirement",
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
                        ("position", models.PositiveIntegerField(default=0)),
                        ("text", models.TextField()),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("functional", "Functional"),
                                    ("quality", "Quality"),
                                    ("constraint", "Constraint"),
                                ],
                                default="functional",
                                max_length=12,
                            ),
                        ),
                        (
                            "moscow",
                            models.CharField(
                                choices=[
                                    ("must", "Must"),
                                    ("should", "Should"),
                                    ("could", "Could"),
                                    ("wont", "Won't"),
                                ],
                                default="must",
                                max_length=8,
                            ),
                        ),
                        ("acceptance", models.JSONField(blank=True, default=list)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("agreed", "Agreed"),
                                    ("met", "Met"),
                                    ("dropped", "Dropped"),
                                ],
                                default="open",
                                max_length=8,
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
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="requirements",
                                to="backlog.spec",
                            ),
                        ),
                        (
                            "estimate",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="estimate in points",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("type__in", ["functional", "quality", "constraint"])
                                ),
                                name="requirement_type_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("moscow__in", ["must", "should", "could", "wont"])
                                ),
                                name="requirement_moscow_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "agreed", "met", "dropped"])
                                ),
                                name="requirement_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("estimate", None), ("estimate__gte", 0), _connector="OR"
                                ),
                                name="requirement_estimate_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecSegment",
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
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="ideas.segment",
                            ),
                        ),
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="segment_links",
                                to="backlog.spec",
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
                            models.UniqueConstraint(
                                fields=("spec", "segment"), name="spec_segment_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecVersion",
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
                        ("number", models.PositiveIntegerField()),
                        ("content", models.JSONField()),
                        ("reason", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="backlog.spec",
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
                        "ordering": ["-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("spec", "number"), name="spec_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequirementLink",
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
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="requirement_links",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "requirement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="story_links",
                                to="backlog.requirement",
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
                            models.UniqueConstraint(
                                fields=("requirement", "item"), name="requirement_link_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecPolicy",
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
                        ("approvals_needed", models.PositiveSmallIntegerField(default=1)),
                        ("remind_after_days", models.PositiveSmallIntegerField(default=3)),
                        (
                            "conditions",
                            models.JSONField(
                                blank=True, default=backlog.models.review.all_conditions
                            ),
                        ),
                        ("gates", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "product",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.product",
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
                                condition=models.Q(("approvals_needed__lte", 20)),
                                name="spec_policy_approvals",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("remind_after_days__gte", 1), ("remind_after_days__lte", 90)
                                ),
                                name="spec_policy_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecReview",
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
                        ("asked_at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("approved", "Approved"),
                                    ("changes", "Requested changes"),
                                ],
                                default="asked",
                                max_length=8,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("number", models.PositiveIntegerField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("reminded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="backlog.spec",
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
                        "ordering": ["asked_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("spec", "reviewer"), name="spec_review_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict__in", ["asked", "approved", "changes"])
                                ),
                                name="spec_review_verdict_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecSignOff",
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
                        ("signed_at", models.DateTimeField()),
                        ("approvals", models.JSONField(default=list)),
                        ("reopened_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_reason", models.TextField(blank=True)),
                        (
                            "reopened_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sign_offs",
                                to="backlog.spec",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="backlog.specversion",
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
                        "ordering": ["-signed_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reopened_at", None)),
                                fields=("spec",),
                                name="spec_signed_off_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecTemplate",
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
                        ("name", models.CharField(max_length=60)),
                        (
                            "about",
                            models.CharField(
                                blank=True, max_length=250, verbose_name="when to use it"
                            ),
                        ),
                        ("description", models.TextField(blank=True, verbose_name="background")),
                        ("problem", models.TextField(blank=True)),
                        ("audience", models.TextField(blank=True, verbose_name="who for")),
                        ("goals", models.JSONField(blank=True, default=list)),
                        ("non_goals", models.JSONField(blank=True, default=list)),
                        (
                            "questions",
                            models.JSONField(
                                blank=True, default=list, verbose_name="open questions"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.product",
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
                        "verbose_name": "template",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None)),
                                fields=("product", "name"),
                                name="spec_template_name_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpecThread",
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
                        ("quote", models.TextField()),
                        ("before", models.TextField(blank=True)),
                        ("after", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "spec",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="threads",
                                to="backlog.spec",
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
                        "ordering": ["created_at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ThreadComment",
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
                        (
                            "comment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.comment",
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="said",
                                to="backlog.specthread",
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
                        "ordering": ["pk"],
                    },
                ),
            ]
        ),
    ]
