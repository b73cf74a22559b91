from decimal import Decimal

import django.db.models.functions.math
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def write_known_hands(apps, schema_editor):
    """Of the rounds there are: who began, saved last and submitted."""
    rounds = apps.get_model("assessments", "ScoreRound")
    hand = rounds.hands.through
    rows = rounds.objects.values_list("pk", "opened_by", "saved_by", "submitted_by")
    pairs = {(pk, user) for pk, *users in rows for user in users if user}
    hand.objects.bulk_create(hand(scoreround_id=pk, user_id=user) for pk, user in sorted(pairs))


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0013_veto_sources_and_bonus"),
        ("projects", "0019_programme_fund"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="scoreround",
            name="hands",
            field=models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经手人"),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.math.Mod(
                        models.F("points"), models.Value(Decimal("0.5"), models.DecimalField())
                    ),
                    models.Value(0),
                ),
                name="score_points_in_halves",
                violation_error_message="分数以 0.5 分为一档。",
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.math.Mod(
                        models.F("by_hand"), models.Value(Decimal("0.5"), models.DecimalField())
                    ),
                    models.Value(0),
                ),
                name="score_by_hand_in_halves",
                violation_error_message="分数以 0.5 分为一档。",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoreround",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.math.Mod(
                        models.F("total"), models.Value(Decimal("0.5"), models.DecimalField())
                    ),
                    models.Value(0),
                ),
                name="score_round_total_in_halves",
                violation_error_message="分数以 0.5 分为一档。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grade",
            trigger=pgtrigger.compiler.Trigger(
                name="grade_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
                    hash="49090c2a2dd00e5c675d533370a5952488c8aac7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_grade_no_truncate_d8f64",
                    table="assessments_grade",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(write_known_hands, migrations.RunPython.noop),
    ]
