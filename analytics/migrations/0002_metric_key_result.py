"""A metric may say which key result it measures."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_analytics"),
        ("roadmap", "0001_roadmap"),
    ]

    operations = [
        migrations.AddField(
            model_name="metric",
            name="key_result",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="roadmap.keyresult",
            ),
        ),
    ]
