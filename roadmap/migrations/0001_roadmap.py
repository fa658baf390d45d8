import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from plm.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("backlog", "0001_backlog"),
        ("plm", "0003_titles"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Objective",
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
                            "period",
                            models.CharField(blank=True, max_length=40, verbose_name="period"),
                        ),
                        (
                            "cycle",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="cycle of the loop"
                            ),
                        ),
                        (
                            "starts_on",
                            models.DateField(blank=True, null=True, verbose_name="begins"),
                        ),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends")),
                        ("weight", models.FloatField(default=1.0)),
                        (
                            "hue",
                            models.CharField(
                                choices=[
                                    ("teal", "Teal"),
                                    ("violet", "Violet"),
                                    ("blue", "Blue"),
                                    ("amber", "Amber"),
                                    ("rose", "Rose"),
                                    ("green", "Green"),
                                    ("indigo", "Indigo"),
                                    ("gray", "Gray"),
                                ],
                                default="teal",
                                max_length=8,
                                verbose_name="colour",
                            ),
                        ),
                        (
                            "target_share",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="share of the work"
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
                            models.Index(fields=["product", "number"], name="objective_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="objective_updated",
                            ),
                            models.Index(
                                fields=["product", "starts_on", "reference_row"],
                                name="objective_starts",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="roadmap_objective_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ("planned", "active", "achieved", "missed", "cancelled"),
                                    )
                                ),
                                name="objective_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "hue__in",
                                        [
                                            "teal",
                                            "violet",
                                            "blue",
                                            "amber",
                                            "rose",
                                            "green",
                                            "indigo",
                                            "gray",
                                        ],
                                    )
                                ),
                                name="objective_hue_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on", None),
                                    ("ends_on", None),
                                    ("starts_on__lte", models.F("ends_on")),
                                    _connector="OR",
                                ),
                                name="objective_dates_ordered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gte", 0), ("weight__lte", 100)),
                                name="objective_weight_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target_share", None),
                                    ("target_share__lte", 100),
                                    _connector="OR",
                                ),
                                name="objective_share_range",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyResult",
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
                        ("metric", models.CharField(max_length=120, verbose_name="metric")),
                        ("unit", models.CharField(blank=True, max_length=24, verbose_name="unit")),
                        ("start", models.FloatField(verbose_name="start value")),
                        ("target", models.FloatField(verbose_name="target value")),
                        ("current", models.FloatField(verbose_name="current value")),
                        ("confidence", models.PositiveSmallIntegerField(editable=False, null=True)),
                        ("weight", models.FloatField(default=1.0)),
                        ("checked_at", models.DateTimeField(editable=False, null=True)),
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
                        (
                            "objective",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="key_results",
                                to="roadmap.objective",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "key result",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="keyresult_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="keyresult_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="roadmap_keyresult_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("open", "reached", "missed", "cancelled"))
                                ),
                                name="key_result_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("start", models.F("target")), _negated=True),
                                name="key_result_has_a_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gte", 0), ("weight__lte", 100)),
                                name="key_result_weight_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confidence", None), ("confidence__lte", 100), _connector="OR"
                                ),
                                name="key_result_confidence_range",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyResultCheckIn",
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
                        ("at", models.DateTimeField()),
                        ("value", models.FloatField()),
                        ("confidence", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("note", models.TextField(blank=True, max_length=4000)),
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
                            "key_result",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="check_ins",
                                to="roadmap.keyresult",
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
                        "indexes": [
                            models.Index(fields=["key_result", "-at"], name="check_in_latest")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confidence", None), ("confidence__lte", 100), _connector="OR"
                                ),
                                name="check_in_confidence_range",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Release",
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
                            "cycle_begins",
                            models.DateField(blank=True, null=True, verbose_name="work begins"),
                        ),
                        (
                            "freeze_on",
                            models.DateField(blank=True, null=True, verbose_name="freeze"),
                        ),
                        (
                            "release_on",
                            models.DateField(blank=True, null=True, verbose_name="planned for"),
                        ),
                        (
                            "released_on",
                            models.DateField(blank=True, null=True, verbose_name="released on"),
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
                            models.Index(fields=["product", "number"], name="release_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="release_updated",
                            ),
                            models.Index(
                                fields=["product", "release_on", "reference_row"],
                                name="release_planned",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="roadmap_release_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ("planned", "in_progress", "released", "cancelled"),
                                    )
                                ),
                                name="release_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cycle_begins", None),
                                    ("release_on", None),
                                    ("cycle_begins__lte", models.F("release_on")),
                                    _connector="OR",
                                ),
                                name="release_dates_ordered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("freeze_on", None),
                                    ("release_on", None),
                                    ("freeze_on__lte", models.F("release_on")),
                                    _connector="OR",
                                ),
                                name="release_freeze_before",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
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
                        ("on", models.DateField(verbose_name="date")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("release", "Release"),
                                    ("gate", "Gate"),
                                    ("event", "Event"),
                                ],
                                default="event",
                                max_length=8,
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
                        (
                            "release",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="milestones",
                                to="roadmap.release",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="milestone_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="milestone_updated",
                            ),
                            models.Index(
                                fields=["product", "on", "reference_row"], name="milestone_on"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="roadmap_milestone_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("planned", "reached", "missed", "cancelled"))
                                ),
                                name="milestone_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("type__in", ["release", "gate", "event"])),
                                name="milestone_type_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Placement",
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
                        (
                            "starts_on",
                            models.DateField(blank=True, null=True, verbose_name="begins"),
                        ),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends")),
                        (
                            "bucket",
                            models.CharField(
                                choices=[("now", "Now"), ("next", "Next"), ("later", "Later")],
                                default="later",
                                max_length=8,
                                verbose_name="column",
                            ),
                        ),
                        (
                            "commitment",
                            models.CharField(
                                choices=[
                                    ("committed", "Committed"),
                                    ("planned", "Planned"),
                                    ("exploring", "Exploring"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        (
                            "health",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("on_track", "On track"),
                                    ("at_risk", "At risk"),
                                    ("off_track", "Off track"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "hidden",
                            models.BooleanField(
                                default=False, verbose_name="leave out of shared views"
                            ),
                        ),
                        ("position", models.BigIntegerField(default=0, editable=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="placement",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "objective",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="placements",
                                to="roadmap.objective",
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
                            "release",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="placements",
                                to="roadmap.release",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["product", "bucket", "position"], name="placement_column"
                            ),
                            models.Index(
                                fields=["product", "starts_on", "ends_on"], name="placement_dates"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ends_on", None), ("starts_on", None)),
                                    models.Q(
                                        ("ends_on__isnull", False),
                                        ("starts_on__isnull", False),
                                        ("starts_on__lte", models.F("ends_on")),
                                    ),
                                    _connector="OR",
                                ),
                                name="placement_dates_ordered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("bucket__in", ["now", "next", "later"])),
                                name="placement_bucket_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("commitment__in", ["committed", "planned", "exploring"])
                                ),
                                name="placement_commitment_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("health__in", ["", "on_track", "at_risk", "off_track"])
                                ),
                                name="placement_health_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Share",
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
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        (
                            "view",
                            models.CharField(
                                choices=[("timeline", "Timeline"), ("board", "Now, next, later")],
                                default="timeline",
                                max_length=8,
                            ),
                        ),
                        (
                            "lanes",
                            models.CharField(
                                choices=[("objective", "By goal"), ("release", "By release")],
                                default="objective",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_viewed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
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
                        "ordering": ["-created_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at", None)),
                                fields=("product", "name"),
                                name="share_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("view__in", ["timeline", "board"])),
                                name="share_view_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("lanes__in", ["objective", "release"])),
                                name="share_lanes_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vision",
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
                        (
                            "vision",
                            models.TextField(blank=True, max_length=1000, verbose_name="vision"),
                        ),
                        (
                            "mission",
                            models.TextField(blank=True, max_length=2000, verbose_name="mission"),
                        ),
                        (
                            "customers",
                            models.TextField(
                                blank=True, max_length=5000, verbose_name="target customers"
                            ),
                        ),
                        (
                            "positioning",
                            models.TextField(
                                blank=True, max_length=5000, verbose_name="positioning"
                            ),
                        ),
                        (
                            "strategy",
                            models.TextField(blank=True, max_length=20000, verbose_name="strategy"),
                        ),
                        ("version", models.PositiveIntegerField(default=0)),
                        ("updated_at", models.DateTimeField(null=True)),
                        (
                            "updated_by",
                            models.ForeignKey(
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
                        "abstract": False,
                    },
                ),
            ]
        ),
    ]
