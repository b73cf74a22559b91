from decimal import Decimal

import django.core.validators
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger
from django.db import migrations, models

import assessments.models.rubric

USUAL = {"VT2": "matching", "VT6": "rectification"}


def say_usual_sources(apps, schema_editor):
    """Also of published rubrics: what the system points out changes nothing of what they ask."""
    items = apps.get_model("assessments", "VetoItem").objects.using(schema_editor.connection.alias)
    with pgtrigger.ignore("assessments.VetoItem:veto_item_frozen"):
        for code, source in USUAL.items():
            items.filter(code=code).update(source=source)


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0012_evidence_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="vetoitem",
            name="source",
            field=models.CharField(
                blank=True,
                choices=[("matching", "配套到位低于下限"), ("rectification", "整改逾期未报")],
                max_length=20,
                verbose_name="系统提示",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="scoreround",
            name="score_round_total",
        ),
        migrations.AddField(
            model_name="rubric",
            name="bonus_points",
            field=models.DecimalField(
                decimal_places=1,
                default=0,
                help_text="特色做法、获得的荣誉等，最多 5 分；填 0 即不设，总分保持 100 分",
                max_digits=4,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(Decimal("5")),
                    assessments.models.rubric.half_points,
                ],
                verbose_name="附加分最多（分）",
            ),
        ),
        migrations.AddField(
            model_name="scoreround",
            name="bonus",
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="附加分"),
        ),
        migrations.AddField(
            model_name="scoreround",
            name="bonus_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="附加分依据"),
        ),
        migrations.AddConstraint(
            model_name="rubric",
            constraint=models.CheckConstraint(
                condition=models.Q(("bonus_points__gte", 0), ("bonus_points__lte", Decimal("5"))),
                name="rubric_bonus",
                violation_error_message="附加分最多 5 分。",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoreround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total__gte", 0),
                    (
                        "total__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.Value(Decimal("100")),
                            "+",
                            django.db.models.functions.comparison.Coalesce("bonus", Decimal("0")),
                        ),
                    ),
                ),
                name="score_round_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoreround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bonus", None),
                    models.Q(
                        ("bonus__gte", 0),
                        ("bonus__lte", Decimal("5")),
                        models.Q(
                            ("submitted_at", None),
                            ("bonus", 0),
                            models.Q(("bonus_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="score_round_bonus",
                violation_error_message="附加分要写明依据，最多 5 分。",
            ),
        ),
        migrations.RunPython(say_usual_sources, migrations.RunPython.noop),
    ]
