
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backlog", "0004_scenarios"),
        ("plm", "0003_titles"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="scoringmodel",
            name="scoring_model_method_known",
        ),
        migrations.AddField(
            model_name="criterion",
            name="help",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="criterion",
            name="levels",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="criterion",
            name="scale",
            field=models.CharField(default="linear", max_length=16),
        ),
        migrations.AddField(
            model_name="criterion",
            name="unit",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="scoringmodel",
            name="method",
            field=models.CharField(
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
                    ("formula", "Formula of your own"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringmodel",
            constraint=models.CheckConstraint(
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
                            "formula",
                        ],
                    )
                ),
                name="scoring_model_method_known",
            ),
        ),
    ]
