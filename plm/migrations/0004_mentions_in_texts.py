"""A mention may belong to a field of a record, or of a page of a product, and not to a comment alone. It keeps who named
whom and when; for those there are, that is what their comment says."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def forward(apps, schema_editor):
    mentions = apps.get_model("plm", "Mention").objects
    comment = apps.get_model("plm", "Comment").objects.filter(pk=OuterRef("comment_id"))
    mentions.update(
        product=Subquery(comment.values("record__product_id")),
        by=Subquery(comment.values("author_id")),
        created_at=Subquery(comment.values("created_at")),
    )
    if schema_editor.connection.vendor == "postgresql":
        # A table with checks of foreign keys still to come cannot be altered.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def backward(apps, schema_editor):
    apps.get_model("plm", "Mention").objects.filter(comment=None).delete()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def link(to, **options):
    return models.ForeignKey(to=to, related_name=options.pop("related_name", "+"), **options)


CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [("plm", "0003_titles")]

    operations = [
        migrations.AddField("mention", "by", link(settings.AUTH_USER_MODEL, null=True, on_delete=django.db.models.deletion.SET_NULL)),
        migrations.AddField("mention", "created_at", models.DateTimeField(null=True)),
        migrations.AddField("mention", "field", models.CharField(blank=True, max_length=40)),
        migrations.AddField("mention", "page", models.CharField(blank=True, max_length=80)),
        migrations.AddField("mention", "product", link("plm.product", null=True, on_delete=CASCADE)),
        migrations.AddField("mention", "record", link("plm.reference", null=True, on_delete=CASCADE, related_name="mentions")),
        migrations.AlterField("mention", "comment", link("plm.comment", null=True, on_delete=CASCADE, related_name="mentions")),
        migrations.RunPython(forward, backward),
        migrations.AlterField("mention", "created_at", models.DateTimeField()),
        migrations.AlterField("mention", "product", link("plm.product", on_delete=CASCADE)),
        migrations.AddConstraint(
            "mention",
            models.UniqueConstraint(fields=["record", "field", "user"], name="mention_in_field_once"),
        ),
        migrations.AddConstraint(
            "mention",
            models.UniqueConstraint(
                condition=models.Q(comment=None, record=None),
                fields=["product", "page", "field", "user"],
                name="mention_on_page_once",
            ),
        ),
    ]
