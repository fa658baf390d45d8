from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0018_mail")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="erasure_asked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
