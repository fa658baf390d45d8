import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from plm.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("backlog", "0001_backlog"),
        ("plm", "0003_titles"),
        ("roadmap", "0001_roadmap"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="ProductEvent",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "product_id",
                                "event_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("event_id", models.UUIDField()),
                        ("name", models.CharField(max_length=200)),
                        ("actor", models.CharField(max_length=200)),
                        ("company", models.CharField(max_length=200, null=True)),
                        ("at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
                        ("value", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("properties", models.JSONField(default=dict)),
                        (
                            "product",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.product",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["product", "name", "at"], name="productevent_name_at"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventName",
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
                        ("name", models.CharField(max_length=200)),
                        ("first_day", models.DateField()),
                        ("last_day", models.DateField()),
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
                                fields=("product", "name"), name="event_name_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntakeWarning",
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
                        ("received_at", models.DateTimeField()),
                        ("refused", models.BooleanField()),
                        ("row", models.PositiveIntegerField(null=True)),
                        ("event_id", models.CharField(blank=True, max_length=60)),
                        ("errors", models.JSONField(default=dict)),
                        ("sample", models.CharField(blank=True, max_length=500)),
                        ("sent_by", models.CharField(blank=True, max_length=150)),
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
                        "indexes": [
                            models.Index(fields=["product", "-id"], name="intakewarning_newest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Metric",
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
                            "key",
                            models.CharField(
                                max_length=60,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z][a-z0-9_-]{0,59}$",
                                        "Use small letters, digits, hyphens and underscores, beginning with a letter.",
                                    )
                                ],
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        (
                            "direction",
                            models.CharField(
                                choices=[("up", "More is better"), ("down", "Less is better")],
                                default="up",
                                max_length=4,
                            ),
                        ),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("number", "Number"),
                                    ("percent", "Percent"),
                                    ("money", "Money"),
                                ],
                                default="number",
                                max_length=8,
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[("day", "Day"), ("week", "Week"), ("month", "Month")],
                                default="week",
                                max_length=5,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("readings", "Readings taken by hand or sent in"),
                                    ("events", "Product events"),
                                ],
                                default="readings",
                                max_length=8,
                            ),
                        ),
                        ("event_name", models.CharField(blank=True, max_length=200)),
                        (
                            "aggregation",
                            models.CharField(
                                choices=[
                                    ("count", "How many events"),
                                    ("actors", "How many different actors"),
                                    ("sum", "Sum of the values"),
                                    ("last", "The last reading"),
                                    ("mean", "Mean of the readings"),
                                ],
                                default="last",
                                max_length=6,
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(
                                blank=True,
                                max_length=3,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z]{3}$", "Use three capital letters, such as EUR."
                                    )
                                ],
                            ),
                        ),
                        (
                            "baseline",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True
                            ),
                        ),
                        (
                            "target_value",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True
                            ),
                        ),
                        ("target_date", models.DateField(blank=True, null=True)),
                        (
                            "featured",
                            models.BooleanField(default=True, verbose_name="on the overview"),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="metrics",
                                to="backlog.backlogitem",
                            ),
                        ),
                        (
                            "key_result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="roadmap.keyresult",
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
                            models.Index(fields=["product", "number"], name="metric_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="metric_updated",
                            ),
                            models.Index(fields=["product", "event_name"], name="metric_event"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="analytics_metric_external_once",
                            ),
                            models.UniqueConstraint(
                                fields=("product", "key"), name="metric_key_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("tracked", "planned", "paused", "retired"))
                                ),
                                name="metric_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("aggregation__in", ("count", "actors", "sum")),
                                        ("source", "events"),
                                    ),
                                    models.Q(
                                        ("aggregation__in", ("last", "sum", "mean")),
                                        ("event_name", ""),
                                        ("source", "readings"),
                                    ),
                                    _connector="OR",
                                ),
                                name="metric_definition_fits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("direction__in", ["up", "down"]),
                                    ("format__in", ["number", "percent", "money"]),
                                    ("period__in", ["day", "week", "month"]),
                                ),
                                name="metric_choices_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target_date", None),
                                    ("target_value__isnull", False),
                                    _connector="OR",
                                ),
                                name="metric_date_has_target",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reading",
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
                        ("at", models.DateTimeField()),
                        ("value", models.DecimalField(decimal_places=6, max_digits=20)),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "source",
                            models.CharField(
                                choices=[("form", "Form"), ("csv", "CSV"), ("api", "API")],
                                default="form",
                                max_length=4,
                            ),
                        ),
                        ("source_key", models.CharField(blank=True, max_length=120)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="analytics.metric",
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
                                fields=("metric", "at", "source_key"), name="reading_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ["form", "csv", "api"])),
                                name="reading_source_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rollup",
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
                            "period",
                            models.CharField(
                                choices=[("day", "Day"), ("week", "Week"), ("month", "Month")],
                                max_length=5,
                            ),
                        ),
                        ("start", models.DateField()),
                        ("value", models.DecimalField(decimal_places=6, max_digits=26)),
                        ("count", models.BigIntegerField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rollups",
                                to="analytics.metric",
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
                                fields=("metric", "period", "start"), name="rollup_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("period__in", ["day", "week", "month"])),
                                name="rollup_period_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DirtyDay",
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
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("day", models.DateField(null=True)),
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
                        (
                            "metric",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="analytics.metric",
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
