
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def overrides_from_history(apps, schema_editor):
    """Every place that was fixed so far, from the events that say so; where the score alone would have put it is not
    known of them."""
    override = apps.get_model("backlog", "RankOverride")
    items = apps.get_model("backlog", "BacklogItem").objects
    events = apps.get_model("plm", "Event").objects
    standing = {}
    for event in (
        events.filter(verb__in=["item.pinned", "item.unpinned"])
        .order_by("workspace_id", "sequence")
        .iterator()
    ):
        before = standing.pop(event.record_id, None)
        pinned = event.verb == "item.pinned"
        if before is not None:
            before.ended_at, before.end = event.created_at, "replaced" if pinned else "lifted"
            before.save(update_fields=["ended_at", "end"])
        if pinned and items.filter(pk=event.record_id).exists():
            old, place = event.changes["rank"]
            standing[event.record_id] = override.objects.create(
                workspace_id=event.workspace_id,
                product_id=event.product_id,
                item_id=event.record_id,
                place=place,
                place_before=old,
                reason=event.reason,
                made_by_id=event.actor_id,
                made_at=event.created_at,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('backlog', '0008_comparisons'),
        ('plm', '0003_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RankOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('place', models.BigIntegerField()),
                ('place_before', models.BigIntegerField(null=True)),
                ('place_by_score', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.CharField(blank=True, choices=[('lifted', 'lifted'), ('replaced', 'replaced by another place')], max_length=8)),
                ('verdict', models.CharField(blank=True, choices=[('paid_off', 'Paid off'), ('did_not', 'Did not pay off'), ('too_early', 'Too early to say')], max_length=9)),
                ('verdict_reason', models.TextField(blank=True)),
                ('verdict_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='backlog.backlogitem')),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='plm.product')),
                ('verdict_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plm.workspace')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'indexes': [models.Index(fields=['product', '-made_at', '-id'], name='override_of_product')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('item',), name='override_stands_once'), models.CheckConstraint(condition=models.Q(('verdict__in', ['', 'paid_off', 'did_not', 'too_early'])), name='override_verdict_known')],
            },
        ),
        migrations.RunPython(overrides_from_history, migrations.RunPython.noop),
    ]
