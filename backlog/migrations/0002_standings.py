
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backlog", "0001_backlog"),
        ("plm", "0003_titles"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="inputs",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.CreateModel(
            name="StandingBasis",
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
                ("top", models.PositiveIntegerField(null=True)),
                ("capacity", models.FloatField(null=True)),
                ("items", models.PositiveIntegerField(default=0)),
                ("uncertain", models.PositiveIntegerField(default=0)),
                ("draws", models.PositiveIntegerField(default=0)),
                ("seed", models.BigIntegerField(default=0)),
                ("unscored", models.PositiveIntegerField(default=0)),
                ("beyond", models.PositiveIntegerField(default=0)),
                ("unestimated", models.PositiveIntegerField(default=0)),
                ("cut_after", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("mark", models.CharField(max_length=64)),
                ("worths", models.JSONField(default=list)),
                ("unit", models.CharField(blank=True, max_length=80)),
                ("computed_at", models.DateTimeField()),
                (
                    "model_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="backlog.scoringmodelversion",
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
        migrations.CreateModel(
            name="FactorSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("source", models.CharField(max_length=40)),
                ("times", models.FloatField(default=1)),
                (
                    "scoring_model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
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
                        fields=("scoring_model", "key"), name="factor_source_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("times__gt", 0)), name="factor_source_times"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RankingSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("top", models.PositiveIntegerField(blank=True, default=10, null=True)),
                ("capacity", models.FloatField(blank=True, null=True)),
                ("stale_days", models.PositiveSmallIntegerField(default=90)),
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
                        condition=models.Q(
                            models.Q(("capacity", None), ("top__gte", 1)),
                            models.Q(("capacity__gt", 0), ("top", None)),
                            _connector="OR",
                        ),
                        name="ranking_one_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stale_days__gte", 1)), name="ranking_stale_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="backlog.backlogitem",
                    ),
                ),
                ("inside", models.FloatField()),
                ("median", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("tie", models.PositiveIntegerField(default=0)),
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
                    models.CheckConstraint(
                        condition=models.Q(("inside__gte", 0), ("inside__lte", 1)),
                        name="standing_inside_share",
                    )
                ],
            },
        ),
    ]
