"""Nominations, groups, plans, trainings and meetings fall into the archive by themselves, also of programmes that are
there: into the category that the usual catalogue has for them."""

from django.db import migrations, models

USUAL = {"申报资料": "nomination", "组织机构": "group", "实施方案": "plan", "会议培训": "gathering"}


def fill(apps, schema_editor) -> None:
    """Where the city has named it so, and has not chosen another source."""
    categories = apps.get_model("projects", "ArchiveCategory").objects
    for name, source in USUAL.items():
        categories.filter(name=name, source="").update(source=source)


def empty(apps, schema_editor) -> None:
    apps.get_model("projects", "ArchiveCategory").objects.filter(source__in=USUAL.values()).update(source="")


class Migration(migrations.Migration):
    dependencies = [("projects", "0015_lights")]

    operations = [
        migrations.AlterField(
            model_name="archivecategory",
            name="source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("nomination", "申报材料"),
                    ("group", "组织机构"),
                    ("plan", "实施方案"),
                    ("task", "日程任务"),
                    ("report", "月报"),
                    ("gathering", "培训和会议"),
                    ("activity", "活动记录"),
                    ("publicity", "宣传报道"),
                    ("visit", "调研指导"),
                    ("rectification", "督查检查和整改事项"),
                    ("worklog", "工作日志"),
                ],
                max_length=20,
                verbose_name="自动归入",
            ),
        ),
        migrations.RunPython(fill, empty),
    ]
