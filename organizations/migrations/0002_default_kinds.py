"""The kinds of organisation to begin with. They are data from here on: edit them in the admin."""

from django.db import migrations

# (level, name, endings of names from which an import may take the kind; the longest ending wins). What an ending does
# not settle is left open (no kind) or 待认定:
# - 社区村民委员会 is a village by law and a community by name, 村社区 has lost the words that would tell;
# - 虚拟社区 are entries for the statistics, nobody lives there;
# - a name that merely ends in 村 may be a village or an estate (新村), so it says nothing;
# - 新区 may be a county-level district (浦东新区) or the administration of a development zone (兰州新区);
# - of names ending in 园区 only those are zones that say what for: 绿园区, 梁园区 and 下花园区 are districts.
KINDS = [
    (1, "省", "省"),
    (1, "自治区", "自治区"),
    (1, "直辖市", "北京市 天津市 上海市 重庆市"),
    (2, "设区市", "市"),
    (2, "自治州", "自治州"),
    (2, "地区", "地区"),
    (2, "盟", "盟"),
    (2, "直辖汇总", "市辖区 县 省直辖县级行政区划 自治区直辖县级行政区划"),
    (3, "县", "县 自治县"),
    (3, "县级市", "市"),
    (3, "市辖区", "区 浦东新区 清新区"),
    (3, "旗", "旗 自治旗"),
    (3, "特区、林区", "六枝特区 神农架林区"),
    (
        3,
        "开发区",
        "开发区 高新区 工业园区 产业园区 产业区 化工园区 创意园区 示范区 试验区 实验区 管理区 合作区 保税区 风景区 "
        "名胜区 度假区 集聚区 聚集区",
    ),
    (3, "待认定", "新区"),
    (4, "街道", "街道 街道办事处 街道办"),
    (4, "镇", "镇"),
    (4, "乡", "乡 民族乡"),
    (4, "苏木", "苏木"),
    (
        4,
        "开发区",
        "开发区 园区 工业园 产业园 科技园 创业园 示范园 化工园 工业区 高新区 示范区 试验区 保税区 度假区 风景区 旅游区 "
        "经济区 集聚区 集中区 合作区",
    ),
    (
        4,
        "农林牧渔场",
        "农场 林场 牧场 渔场 茶场 盐场 苇场 园艺场 良种场 原种场 畜牧场 种畜场 种马场 种羊场 种猪场 奶牛场 繁育场 繁殖场 "
        "养殖场 水产场 垦殖场 果园场",
    ),
    (4, "团场", "团 团场"),
    (5, "村", "村民委员会 村委会"),
    (5, "嘎查", "嘎查 嘎查村 嘎查委员会 嘎查委会 嘎查村民委员会 嘎查村委会"),
    (5, "社区", "居民委员会 居委会 社区"),
    (5, "生活区", "生活区"),
    (5, "待认定", "社区村民委员会 社区村委会 社区村 村社区 虚拟社区"),
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
