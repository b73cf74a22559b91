"""Programmes that are there already look at the pace of their money from now on; past lights stay as they were."""

from django.db import migrations
from django.utils import timezone

USUAL = [("arrival_pace", 25, 50), ("spending_pace", 40, None)]


def offer_lights(apps, schema_editor):
    rules, changes = apps.get_model("projects", "LightRule"), apps.get_model("projects", "LightChange")
    now = timezone.now()
    for programme in apps.get_model("projects", "Programme").objects.all():
        last = programme.light_rules.count()
        for position, (signal, yellow, red) in enumerate(USUAL, last + 1):
            thresholds = {"yellow": yellow, "red": red, "is_active": True}
            rule = rules.objects.create(programme=programme, signal=signal, position=position, **thresholds)
            changes.objects.create(rule=rule, made_at=now, **thresholds)


class Migration(migrations.Migration):
    dependencies = [("funding", "0006_claims"), ("projects", "0018_measures_from_ledger")]

    operations = [migrations.RunPython(offer_lights, migrations.RunPython.noop)]
