import pgtrigger
from django.db import migrations, models

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
        migrations.RunPython(say_usual_sources, migrations.RunPython.noop),
    ]
