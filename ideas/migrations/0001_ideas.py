import uuid
from decimal import Decimal

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from plm.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("plm", "0003_titles"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Company",
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
                        ("name", models.CharField(max_length=200)),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("plan", models.CharField(blank=True, max_length=60)),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        (
                            "mrr",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True
                            ),
                        ),
                        (
                            "arr",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=15, null=True
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(
                                default="EUR",
                                max_length=3,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z]{3}$", "Give the three letters of a currency: EUR."
                                    )
                                ],
                            ),
                        ),
                        ("as_of", models.DateField(blank=True, null=True)),
                        ("attributes", models.JSONField(blank=True, default=dict)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="ideas.company",
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
                        "verbose_name_plural": "companies",
                        "indexes": [
                            models.Index(fields=["workspace", "name", "id"], name="company_name"),
                            models.Index(fields=["workspace", "mrr", "id"], name="company_mrr"),
                            models.Index(fields=["workspace", "segment"], name="company_segment"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("workspace", "external_id"),
                                name="company_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("mrr", None), ("mrr__gte", 0), _connector="OR"),
                                name="company_mrr_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("arr", None), ("arr__gte", 0), _connector="OR"),
                                name="company_arr_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                                name="company_merged_into_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
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
                        ("name", models.CharField(max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("role", models.CharField(blank=True, max_length=120)),
                        ("attributes", models.JSONField(blank=True, default=dict)),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "company",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="people",
                                to="ideas.company",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="ideas.person",
                            ),
                        ),
                        (
                            "user",
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
                        (
                            "erasure_asked_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "people",
                        "indexes": [
                            models.Index(fields=["workspace", "name", "id"], name="person_name")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("workspace"),
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(("email", ""), _negated=True),
                                name="person_email_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("workspace", "external_id"),
                                name="person_external_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("user", None), _negated=True),
                                fields=("workspace", "user"),
                                name="person_user_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                                name="person_merged_into_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
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
                        ("name", models.CharField(max_length=120)),
                        ("rules", models.JSONField(default=list)),
                        ("any_of", models.BooleanField(default=False)),
                        (
                            "weight",
                            models.DecimalField(decimal_places=2, default=Decimal(1), max_digits=6),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("workspace", "name"), name="segment_name_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gte", 0), ("weight__lte", 100)),
                                name="segment_weight_bounded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Portal",
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
                        ("name", models.CharField(blank=True, max_length=120)),
                        ("welcome", models.TextField(blank=True, max_length=2000)),
                        ("accent", models.CharField(blank=True, max_length=7)),
                        ("logo", models.CharField(blank=True, max_length=200)),
                        ("logo_type", models.CharField(blank=True, max_length=20)),
                        ("vote_budget", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "counts",
                            models.CharField(
                                choices=[
                                    ("always", "To everybody"),
                                    ("voted", "To whoever has voted for the idea"),
                                    ("never", "To nobody"),
                                ],
                                default="always",
                                max_length=8,
                            ),
                        ),
                        ("allowed_origins", models.JSONField(blank=True, default=list)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                                condition=models.Q(("counts__in", ["always", "voted", "never"])),
                                name="portal_counts_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("vote_budget", None),
                                    models.Q(("vote_budget__gte", 1), ("vote_budget__lte", 1000)),
                                    _connector="OR",
                                ),
                                name="portal_budget_bounded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Board",
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
                            "slug",
                            models.CharField(
                                max_length=40,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9][a-z0-9-]{0,39}$",
                                        "Use small letters, digits and hyphens.",
                                    )
                                ],
                            ),
                        ),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "privacy",
                            models.CharField(
                                choices=[
                                    ("public", "Everybody"),
                                    ("link", "Whoever has the link"),
                                    ("selected", "Selected people and segments"),
                                ],
                                default="public",
                                max_length=8,
                            ),
                        ),
                        ("token_hash", models.CharField(blank=True, editable=False, max_length=64)),
                        ("vote_budget", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="ideas.segment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "slug"), name="board_slug_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("privacy__in", ["public", "link", "selected"])),
                                name="board_privacy_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("vote_budget", None),
                                    models.Q(("vote_budget__gte", 1), ("vote_budget__lte", 1000)),
                                    _connector="OR",
                                ),
                                name="board_budget_bounded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoardPerson",
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
                            "board",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="chosen",
                                to="ideas.board",
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="ideas.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("board", "person"), name="board_person_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoardField",
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
                        ("required", models.BooleanField(default=False)),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "board",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="asks",
                                to="ideas.board",
                            ),
                        ),
                        (
                            "field",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="plm.customfield",
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
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("board", "field"), name="board_field_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Idea",
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
                                    ("customer", "Customer"),
                                    ("stakeholder", "Stakeholder"),
                                    ("expert", "Expert"),
                                    ("market_research", "Market research"),
                                    ("team", "Team"),
                                ],
                                default="team",
                                max_length=16,
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("opportunity", "Opportunity"),
                                    ("problem", "Problem"),
                                    ("solution", "Solution"),
                                    ("insight", "Insight"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        (
                            "size",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("boulder", "Boulder"),
                                    ("rock", "Rock"),
                                    ("pebble", "Pebble"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        (
                            "public",
                            models.BooleanField(default=False, verbose_name="on the portal"),
                        ),
                        ("snoozed_until", models.DateField(blank=True, editable=False, null=True)),
                        (
                            "response",
                            models.TextField(
                                blank=True,
                                editable=False,
                                max_length=10000,
                                verbose_name="official response",
                            ),
                        ),
                        (
                            "responded_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        ("votes_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("trending", models.FloatField(default=0, editable=False)),
                        ("demand_people", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "demand_companies",
                            models.PositiveIntegerField(default=0, editable=False),
                        ),
                        (
                            "demand_revenue",
                            models.DecimalField(
                                decimal_places=2, default=Decimal(0), editable=False, max_digits=16
                            ),
                        ),
                        ("demand_share", models.FloatField(default=0, editable=False)),
                        ("demand_importance", models.FloatField(default=0, editable=False)),
                        ("demand_weighted", models.FloatField(default=0, editable=False)),
                        ("demand_low", models.FloatField(default=0, editable=False)),
                        ("demand_high", models.FloatField(default=0, editable=False)),
                        (
                            "board",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ideas",
                                to="ideas.board",
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
                            "duplicate_of",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="duplicates",
                                to="ideas.idea",
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
                            "split_from",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="split_off",
                                to="ideas.idea",
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
                        ("moved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="idea_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="idea_updated",
                            ),
                            models.Index(
                                condition=models.Q(("archived_at", None), ("state", "open")),
                                fields=["product", "created_at", "reference_row"],
                                name="idea_in_triage",
                            ),
                            models.Index(
                                fields=["product", "-votes_count", "-reference_row"],
                                name="idea_votes",
                            ),
                            models.Index(
                                fields=["product", "-trending", "-reference_row"],
                                name="idea_trending",
                            ),
                            models.Index(
                                fields=["product", "-created_at", "-reference_row"],
                                name="idea_newest",
                            ),
                            models.Index(
                                condition=models.Q(("archived_at", None), ("public", True)),
                                fields=["product", "-created_at", "-reference_row"],
                                name="idea_published",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("archived_at", None), ("public", False), ("source", "customer")
                                ),
                                fields=["product", "created_by", "-created_at"],
                                name="idea_with_team",
                            ),
                            models.Index(
                                fields=["product", "-demand_revenue", "-reference_row"],
                                name="idea_revenue",
                            ),
                            models.Index(
                                fields=["product", "-demand_companies", "-reference_row"],
                                name="idea_companies",
                            ),
                            models.Index(
                                fields=["product", "-demand_weighted", "-reference_row"],
                                name="idea_weighted",
                            ),
                            models.Index(
                                condition=models.Q(("archived_at", None), ("public", True)),
                                fields=["product", "-moved_at", "-reference_row"],
                                name="idea_published_moved",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_idea_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("duplicate_of", None), ("state", "duplicate"), _connector="OR"
                                ),
                                name="idea_duplicate_stands_for_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("duplicate_of", None),
                                    models.Q(
                                        ("duplicate_of", models.F("reference_row")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="idea_no_duplicate_of_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "source__in",
                                        [
                                            "customer",
                                            "stakeholder",
                                            "expert",
                                            "market_research",
                                            "team",
                                        ],
                                    )
                                ),
                                name="idea_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        (
                                            "open",
                                            "under_review",
                                            "planned",
                                            "in_progress",
                                            "shipped",
                                            "declined",
                                            "duplicate",
                                        ),
                                    )
                                ),
                                name="idea_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "type__in",
                                        ["", "opportunity", "problem", "solution", "insight"],
                                    )
                                ),
                                name="idea_type_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("size__in", ["", "boulder", "rock", "pebble"])),
                                name="idea_size_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("demand_revenue__gte", 0)),
                                name="idea_revenue_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vote",
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
                        ("unproved", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="votes",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="votes",
                                to="ideas.person",
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
                            models.UniqueConstraint(fields=("idea", "person"), name="vote_once"),
                            models.CheckConstraint(
                                condition=models.Q(("importance__in", [0, 1, 2, 3])),
                                name="vote_importance_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessCase",
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
                            "currency",
                            models.CharField(
                                default="EUR",
                                max_length=3,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z]{3}$", "Give the three letters of a currency: EUR."
                                    )
                                ],
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("month", "Months"),
                                    ("quarter", "Quarters"),
                                    ("year", "Years"),
                                ],
                                default="year",
                                max_length=8,
                            ),
                        ),
                        ("periods", models.PositiveSmallIntegerField(default=5)),
                        (
                            "annual_rate",
                            models.FloatField(default=0.1, verbose_name="discount rate"),
                        ),
                        ("finance_rate", models.FloatField(default=0.1)),
                        ("reinvest_rate", models.FloatField(default=0.1)),
                        (
                            "shape",
                            models.CharField(
                                choices=[("pert", "PERT"), ("triangular", "Triangular")],
                                default="pert",
                                max_length=12,
                            ),
                        ),
                        (
                            "meaning",
                            models.CharField(
                                choices=[
                                    ("ends", "the least and the most possible"),
                                    ("p10_p90", "P10 and P90"),
                                ],
                                default="ends",
                                max_length=8,
                                verbose_name="low and high are",
                            ),
                        ),
                        ("lines", models.JSONField(blank=True, default=list)),
                        (
                            "npv",
                            models.FloatField(
                                default=0.0, editable=False, verbose_name="net present value"
                            ),
                        ),
                        (
                            "npv_p10",
                            models.FloatField(
                                default=0.0,
                                editable=False,
                                verbose_name="value in the worst tenth (P10)",
                            ),
                        ),
                        (
                            "npv_p50",
                            models.FloatField(
                                default=0.0,
                                editable=False,
                                verbose_name="value in the middle (P50)",
                            ),
                        ),
                        (
                            "npv_p90",
                            models.FloatField(
                                default=0.0,
                                editable=False,
                                verbose_name="value in the best tenth (P90)",
                            ),
                        ),
                        (
                            "loss",
                            models.FloatField(
                                default=0.0, editable=False, verbose_name="chance of a loss"
                            ),
                        ),
                        (
                            "irr",
                            models.FloatField(
                                editable=False, null=True, verbose_name="internal rate of return"
                            ),
                        ),
                        (
                            "payback",
                            models.FloatField(
                                editable=False, null=True, verbose_name="periods until paid back"
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
                            "idea",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="ideas.idea",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "business case",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="businesscase_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="businesscase_updated",
                            ),
                            models.Index(
                                fields=["product", "-npv", "-reference_row"], name="case_npv"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_businesscase_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("draft", "in_review", "agreed", "rejected"))
                                ),
                                name="case_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("period__in", ["month", "quarter", "year"])),
                                name="case_period_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("periods__gte", 1), ("periods__lte", 120)),
                                name="case_periods_bounded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("annual_rate__gt", -1),
                                    ("finance_rate__gt", -1),
                                    ("reinvest_rate__gt", -1),
                                ),
                                name="case_rates_lawful",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("meaning__in", ["ends", "p10_p90"]),
                                    ("shape__in", ["pert", "triangular"]),
                                ),
                                name="case_estimates_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("loss__gte", 0),
                                    ("loss__lte", 1),
                                    ("npv_p10__lte", models.F("npv_p90")),
                                ),
                                name="case_spread_lawful",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Competitor",
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
                        ("website", models.URLField(blank=True, max_length=500)),
                        ("positioning", models.TextField(blank=True)),
                        ("strengths", models.JSONField(blank=True, default=list)),
                        ("weaknesses", models.JSONField(blank=True, default=list)),
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
                            models.Index(fields=["product", "number"], name="competitor_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="competitor_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_competitor_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ("watched", "gone"))),
                                name="competitor_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Capability",
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
                        ("name", models.CharField(max_length=120)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="plm.product",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="plm.reference",
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
                        "verbose_name_plural": "capabilities",
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("product"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("archived_at", None)),
                                name="capability_name_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CapabilityRating",
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
                            "rating",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (0, "Missing"),
                                    (1, "Basic"),
                                    (2, "Good"),
                                    (3, "Best in class"),
                                ]
                            ),
                        ),
                        ("evidence", models.TextField(blank=True)),
                        ("url", models.URLField(blank=True, max_length=2000)),
                        ("on", models.DateField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "capability",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ratings",
                                to="ideas.capability",
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
                            "competitor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ratings",
                                to="ideas.competitor",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-on", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["capability", "competitor", "-on", "-id"],
                                name="rating_latest",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("rating__in", [0, 1, 2, 3])),
                                name="rating_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonMerge",
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
                        ("moved", models.JSONField(default=dict)),
                        ("aside", models.JSONField(default=dict)),
                        (
                            "taken",
                            models.JSONField(
                                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        (
                            "before",
                            models.JSONField(
                                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="ideas.person",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_in",
                                to="ideas.person",
                            ),
                        ),
                        (
                            "undone_by",
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)),
                                fields=("source",),
                                name="personmerge_into_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="personmerge_into_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompanyMerge",
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
                        ("moved", models.JSONField(default=dict)),
                        ("aside", models.JSONField(default=dict)),
                        (
                            "taken",
                            models.JSONField(
                                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        (
                            "before",
                            models.JSONField(
                                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="ideas.company",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_in",
                                to="ideas.company",
                            ),
                        ),
                        (
                            "undone_by",
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)),
                                fields=("source",),
                                name="companymerge_into_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="companymerge_into_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DemandOptions",
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
                            "half_life",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="half-life in days"
                            ),
                        ),
                        ("by_segment", models.BooleanField(default=False)),
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
                                    ("half_life", None),
                                    models.Q(("half_life__gte", 1), ("half_life__lte", 3650)),
                                    _connector="OR",
                                ),
                                name="demand_half_life_bounded",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Gate",
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
                        ("threshold", models.FloatField(default=6.0)),
                        ("must", models.JSONField(blank=True, default=list)),
                        ("should", models.JSONField(blank=True, default=list)),
                        ("kills", models.JSONField(blank=True, default=list)),
                        ("decisions", models.JSONField(blank=True, default=list, editable=False)),
                        (
                            "case",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gates",
                                to="ideas.businesscase",
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
                            "idea",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gates",
                                to="ideas.idea",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="gate_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="gate_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_gate_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("open", "go", "hold", "recycle", "kill"))
                                ),
                                name="gate_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("threshold__gte", 0), ("threshold__lte", 10)),
                                name="gate_threshold_on_scale",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Intake",
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
                        ("token", models.CharField(max_length=64, unique=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
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
                    name="InboundMessage",
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
                        ("key", models.CharField(max_length=64)),
                        ("raw", models.FileField(max_length=200, upload_to="")),
                        ("size", models.PositiveBigIntegerField()),
                        ("sender", models.CharField(blank=True, max_length=254)),
                        ("subject", models.CharField(blank=True, max_length=250)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits"),
                                    ("taken", "Became an idea"),
                                    ("ignored", "Left out"),
                                    ("failed", "Could not be taken"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("error", models.TextField(blank=True)),
                        ("received_at", models.DateTimeField()),
                        (
                            "idea",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="mails",
                                to="ideas.idea",
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
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="ideas.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["product", "-received_at"], name="inbound_of_product"
                            ),
                            models.Index(
                                fields=["product", "sender", "-received_at"],
                                name="inbound_of_sender",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "key"), name="inbound_message_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "taken", "ignored", "failed"])
                                ),
                                name="inbound_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
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
                        ("moved", models.JSONField(default=dict)),
                        ("custom", models.JSONField(default=dict)),
                        ("before", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_in",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "undone_by",
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)),
                                fields=("source",),
                                name="merged_into_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="merged_into_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdeaFollow",
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
                        ("language", models.CharField(blank=True, max_length=10)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="portal_follows",
                                to="ideas.idea",
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="portal_follows",
                                to="ideas.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("idea", "person"), name="idea_follow_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailOptOut",
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mail_opt_outs",
                                to="ideas.person",
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "person"), name="mail_opt_out_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusNotice",
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
                        ("sequence", models.BigIntegerField()),
                        ("state", models.CharField(max_length=24)),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        ("quiet", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to="ideas.idea",
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
                                fields=("idea", "sequence"), name="status_notice_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        (
                                            "open",
                                            "under_review",
                                            "planned",
                                            "in_progress",
                                            "shipped",
                                            "declined",
                                            "duplicate",
                                        ),
                                    )
                                ),
                                name="status_notice_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusMail",
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
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="ideas.person",
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
                            "notice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mails",
                                to="ideas.statusnotice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("notice", "person"), name="status_mail_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ModerationRules",
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
                        ("hold_first", models.BooleanField(default=True)),
                        ("publish_at_once", models.BooleanField(default=False)),
                        ("posts_per_hour", models.PositiveSmallIntegerField(default=5)),
                        ("blocked_words", models.JSONField(blank=True, default=list)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                                    ("posts_per_hour__gte", 1), ("posts_per_hour__lte", 100)
                                ),
                                name="moderation_pace_bounded",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PortalPost",
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
                            "kind",
                            models.CharField(
                                choices=[("idea", "Idea"), ("comment", "Comment")], max_length=8
                            ),
                        ),
                        ("body", models.TextField(blank=True, max_length=5000)),
                        (
                            "shown_as",
                            models.CharField(
                                choices=[
                                    ("full", "My full name"),
                                    ("initial", "First name and initial"),
                                    ("nickname", "A nickname"),
                                    ("anonymous", "No name"),
                                ],
                                default="anonymous",
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("held", "With the team"),
                                    ("published", "Published"),
                                    ("spam", "Spam"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("why", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "comment",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="portal_post",
                                to="plm.comment",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="ideas.person",
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
                        "indexes": [
                            models.Index(
                                fields=["product", "state", "created_at"], name="portal_post_queue"
                            ),
                            models.Index(fields=["person", "-created_at"], name="portal_post_pace"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["held", "published", "spam"])),
                                name="portal_post_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "comment"),
                                    models.Q(("comment", None), ("kind", "idea")),
                                    _connector="OR",
                                ),
                                name="portal_post_kind_fits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignInLink",
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
                        ("email", models.EmailField(max_length=254)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("asked_from", models.CharField(max_length=64)),
                        ("next", models.CharField(max_length=500)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
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
                            models.Index(fields=["email", "created_at"], name="sign_in_link_email"),
                            models.Index(
                                fields=["asked_from", "created_at"], name="sign_in_link_from"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Research",
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
                                    ("market", "Market"),
                                    ("user", "Users"),
                                    ("competitor", "Competitors"),
                                    ("feasibility", "Feasibility"),
                                ],
                                default="user",
                                max_length=12,
                            ),
                        ),
                        ("question", models.TextField(blank=True)),
                        ("method", models.CharField(blank=True, max_length=250)),
                        (
                            "confidence",
                            models.CharField(
                                choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                                default="medium",
                                max_length=8,
                            ),
                        ),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("sources", models.JSONField(blank=True, default=list)),
                        ("findings", models.JSONField(blank=True, default=list)),
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
                        "verbose_name_plural": "research",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="research_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="research_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_research_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confidence__in", ["low", "medium", "high"]),
                                    ("type__in", ["market", "user", "competitor", "feasibility"]),
                                ),
                                name="research_choices_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("planned", "running", "done", "dropped"))
                                ),
                                name="research_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Trend",
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
                            "direction",
                            models.CharField(
                                choices=[
                                    ("rising", "Rising"),
                                    ("steady", "Steady"),
                                    ("falling", "Falling"),
                                ],
                                default="rising",
                                max_length=8,
                            ),
                        ),
                        ("segments", models.JSONField(blank=True, default=list)),
                        ("evidence", models.JSONField(blank=True, default=list)),
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
                            models.Index(fields=["product", "number"], name="trend_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="trend_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_trend_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("direction__in", ["rising", "steady", "falling"])
                                ),
                                name="trend_direction_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ("watched", "acted_on", "over"))),
                                name="trend_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Feasibility",
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
                        ("aspects", models.JSONField(blank=True, default=list)),
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
                            "idea",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="feasibilities",
                                to="ideas.idea",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "feasibility",
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["product", "number"], name="feasibility_number"),
                            models.Index(
                                fields=["product", "-updated_at", "-reference_row"],
                                name="feasibility_updated",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("product", "external_source", "external_id"),
                                name="ideas_feasibility_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ("open", "done"))),
                                name="feasibility_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdeaTerms",
                    fields=[
                        (
                            "idea",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="terms",
                                serialize=False,
                                to="ideas.idea",
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("stamp", models.BigIntegerField()),
                        ("public", models.BooleanField()),
                        ("words", models.BinaryField()),
                        ("meaning", models.BinaryField(null=True)),
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
                        "verbose_name_plural": "terms of ideas",
                        "indexes": [models.Index(fields=["product", "stamp"], name="terms_since")],
                    },
                ),
                migrations.CreateModel(
                    name="SimilarAnswer",
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
                        ("accepted", models.BooleanField()),
                        ("rank", models.PositiveSmallIntegerField()),
                        ("score", models.FloatField(null=True)),
                        (
                            "method",
                            models.CharField(
                                choices=[("tfidf", "Words"), ("hybrid", "Words and meaning")],
                                max_length=8,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "idea",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="ideas.idea",
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
                                condition=models.Q(("idea", models.F("other")), _negated=True),
                                name="similar_to_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("method__in", ["tfidf", "hybrid"])),
                                name="similar_method_known",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="Board",
            name="people",
            field=models.ManyToManyField(
                related_name="+", through="ideas.BoardPerson", to="ideas.person"
            ),
        ),
    ]
