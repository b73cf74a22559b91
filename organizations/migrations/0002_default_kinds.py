"""The kinds of organisation to begin with. They are data from here on: edit them in the admin."""

from django.db import migrations

# (level, name, endings of names from which an import may take the kind). No ending for 社区村民委员会: a village by
# law, a community by name; it stays open until somebody says which.
KINDS = [
    (1, "省", "省"),
    (1, "自治区", "自治区"),
    (1, "直辖市", ""),
    (2, "设区市", "市"),
    (2, "自治州", "自治州"),
    (2, "盟", "盟"),
    (3, "县", "县"),
    (3, "县级市", "市"),
    (3, "市辖区", "区"),
    (3, "旗", "旗"),
    (3, "开发区", "开发区 高新区 新区 园区 示范区 试验区"),
    (4, "街道", "街道 街道办事处"),
    (4, "镇", "镇"),
    (4, "乡", "乡"),
    (4, "开发区", "开发区 园区 工业区 高新区 示范区"),
    (4, "农林牧渔场", "农场 林场 牧场 渔场 茶场 园艺场 良种场 畜牧场"),
    (5, "村", "村民委员会 村委会"),
    (5, "社区", "居民委员会 居委会 社区"),
    (5, "待认定", "社区村民委员会 社区村委会"),
    (6, "基地", "基地"),
    (6, "车间", "车间"),
    (6, "其他单位", ""),
]


def add_kinds(apps, schema_editor):
    kind = apps.get_model("organizations", "OrganizationKind")
    kind.objects.bulk_create(kind(level=level, name=name, suffixes=suffixes) for level, name, suffixes in KINDS)


def remove_kinds(apps, schema_editor):
    apps.get_model("organizations", "OrganizationKind").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [migrations.RunPython(add_kinds, remove_kinds)]
