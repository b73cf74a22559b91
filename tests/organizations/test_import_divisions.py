"""Lists of divisions into the tree: the clashes of the national list, bad rows, and what a later list changes."""

import csv
import gzip
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from organizations.models import AuditEvent, FormerName, Level, Organization, OrganizationKind
from tests import factories

pytestmark = pytest.mark.django_db

HEFEI = settings.BASE_DIR / "demo" / "divisions_hefei.csv"
ANHUI = "340000000000,安徽省,province,"
CITY = "340100000000,合肥市,city,340000000000"
FEIXI = "340123000000,肥西县,county,340100000000"
CHANGFENG = "340121000000,长丰县,county,340100000000"
SHANNAN = "340123105000,山南镇,township,340123000000"
SANHE = "340123101000,三河镇,township,340123000000"
WUSHAN = "340121103000,吴山镇,township,340121000000"
VILLAGE = "340123105200,小井庄村民委员会,village,340123105000"
RIVER = "340123101204,河口村民委员会,village,340123101000"
BASE = [ANHUI, CITY, FEIXI, CHANGFENG, SHANNAN, SANHE, WUSHAN, VILLAGE, RIVER]


@pytest.fixture
def load(tmp_path):
    """load(rows, encoding=..., **options) writes a list and imports it; gives what the command printed."""

    def run(rows: list[str], *, encoding: str = "utf-8", name: str = "list.csv", **options) -> str:
        file, out = tmp_path / name, StringIO()
        data = "\n".join(["code,name,level,parent_code", *rows]).encode(encoding)
        file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        call_command("import_divisions", str(file), stdout=out, verbosity=0, **options)
        return out.getvalue()

    return run


@pytest.fixture
def rejects(tmp_path):
    """rejects() reads the error file: [(line, reason), ...]"""

    def read(file: Path | None = None) -> list[tuple[str, str]]:
        text = (file or tmp_path / "list.errors.csv").read_text(encoding="utf-8-sig")
        return [(row["行号"], row["原因"]) for row in csv.DictReader(text.splitlines())]

    return read


def node(code: str, level: Level | None = None) -> Organization:
    return Organization.objects.get(code=code, **({"level": level} if level else {}))


def check_paths() -> None:
    for item in Organization.objects.select_related("parent"):
        assert item.path == f"{item.parent.path if item.parent else '/'}{item.pk}/"


def test_the_real_list_of_hefei(tmp_path):
    out = StringIO()
    call_command("import_divisions", str(HEFEI), stdout=out, verbosity=0)
    assert "新增 1947，更名 0，移动 0，恢复 0，撤销 0，未变 0，退回 0。" in out.getvalue()
    assert Organization.objects.count() == 1947
    check_paths()
    village = node("340123105200")
    assert village.parent.parent.name == "肥西县"
    assert village.initials == "xjzcmwyh"
    assert village.kind.name == "村"
    assert node("340122104008").kind.name == "待认定"  # 六家畈社区村民委员会
    assert node("340102006003").kind.name == "社区"


def test_a_second_run_changes_nothing():
    call_command("import_divisions", str(HEFEI), stdout=StringIO(), verbosity=0)
    before = list(Organization.objects.order_by("pk").values())
    out = StringIO()
    call_command("import_divisions", str(HEFEI), stdout=out, verbosity=0)
    assert "新增 0，更名 0，移动 0，恢复 0，撤销 0，未变 1947，退回 0。" in out.getvalue()
    assert list(Organization.objects.order_by("pk").values()) == before
    assert FormerName.objects.count() == 0


def test_each_import_leaves_one_audit_row_with_counts(load):
    load(BASE)
    load(BASE)
    first, second = AuditEvent.objects.order_by("id")
    assert (first.action, first.actor_name, first.detail["added"]) == ("导入区划", "系统", 9)
    assert (second.detail["added"], second.detail["unchanged"]) == (0, 9)


def test_codes_that_clash_across_levels(load):
    """东莞: the city's code again at county level; 金门: at city, county and township level."""
    load(
        [
            "440000000000,广东省,province,",
            "441900000000,东莞市,city,440000000000",
            "441900000000,东莞市,county,441900000000",
            "441900003000,东城街道,township,441900000000",
            "350000000000,福建省,province,",
            "350527000000,金门,city,350000000000",
            "350527000000,金门县,county,350527000000",
            "350527000000,金门县,township,350527000000",
        ]
    )
    assert Organization.objects.count() == 8
    assert node("441900003000").parent == node("441900000000", Level.COUNTY)
    assert node("441900000000", Level.COUNTY).parent == node("441900000000", Level.CITY)
    assert node("350527000000", Level.TOWNSHIP).parent == node("350527000000", Level.COUNTY)
    check_paths()


def test_a_municipality_has_a_placeholder_as_city(load):
    load(
        [
            "110000000000,北京市,province,",
            "110100000000,市辖区,city,110000000000",
            "110101000000,东城区,county,110100000000",
            "110101001000,东华门街道,township,110101000000",
        ]
    )
    assert node("110000000000").kind.name == "直辖市"
    assert node("110100000000").kind.name == "直辖汇总"
    assert node("110101000000").kind.name == "市辖区"


@pytest.mark.parametrize(
    ("name", "level", "kind"),
    [
        ("兰州新区", "county", "待认定"),
        ("浦东新区", "county", "市辖区"),
        ("绿园区", "county", "市辖区"),
        ("苏州工业园区", "county", "开发区"),
        ("小井庄村", "village", None),
        ("花园新村", "village", None),
        ("六家畈社区村民委员会", "village", "待认定"),
        ("朝阳社区居委会", "village", "社区"),
    ],
)
def test_the_kind_is_taken_from_the_name_only_where_it_can_be(load, name, level, kind):
    chain = [ANHUI, CITY, FEIXI, SHANNAN]
    parents = {"county": "340100000000", "village": "340123105000"}
    load([*chain, f"340199999999,{name},{level},{parents[level]}"])
    made = node("340199999999")
    assert (made.kind.name if made.kind else None) == kind


def test_bad_rows_are_listed_and_good_rows_go_in(load, rejects):
    out = load(
        [
            ANHUI,
            CITY,
            FEIXI,
            ",无码镇,township,340123000000",
            "34012310500X,错码镇,township,340123000000",
            "340123105000,,township,340123000000",
            "340123101000,三河镇,town,340123000000",
            "340123102000,花岗镇,township,340199000000",
            "340123102200,花岗村民委员会,village,340123102000",
            "340123103000,官亭镇,township,340123000000",
            "340123103000,官亭乡,township,340123000000",
            "340123104000,铭传乡,township",
            f"340123104000,{'长' * 61},township,340123000000",
            "340123106000,高店镇,township,",
        ]
    )
    assert set(Organization.objects.values_list("name", flat=True)) == {"安徽省", "合肥市", "肥西县", "官亭镇"}
    assert rejects() == [
        ("5", "代码为空"),
        ("6", "代码应为 12 位数字"),
        ("7", "名称为空"),
        ("8", "不认识的层级，应为 province、city、county、township 或 village"),
        ("9", "找不到上级：上一层级没有代码为 340199000000 的区划"),
        ("10", "找不到上级：上一层级没有代码为 340123102000 的区划"),
        ("12", "与第 11 行重复：同一层级已有这个代码"),
        ("13", "应有 4 列，这一行有 3 列"),
        ("14", "名称超过 60 个字"),
        ("15", "缺少上级代码"),
    ]
    assert "有 10 行没有导入" in out


def test_the_error_file_goes_where_it_is_told(load, rejects, tmp_path):
    load([ANHUI, "x,错,city,340000000000"], errors=tmp_path / "退回.csv")
    assert rejects(tmp_path / "退回.csv") == [("3", "代码应为 12 位数字")]
    assert not (tmp_path / "list.errors.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(load, encoding):
    load([ANHUI], encoding=encoding)
    assert node("340000000000").name == "安徽省"


def test_a_compressed_list(load):
    load(BASE, name="list.csv.gz")
    assert Organization.objects.count() == 9


def test_a_file_that_is_no_list_is_refused(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("代码,名称\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="第一行应是表头"):
        call_command("import_divisions", str(file), verbosity=0)
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("import_divisions", str(tmp_path / "none.csv"), verbosity=0)
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8bnot really")
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("import_divisions", str(tmp_path / "broken.csv.gz"), verbosity=0)


def test_root_takes_the_subtree_and_its_ancestors(load):
    load(BASE, root="340123000000")
    assert set(Organization.objects.values_list("name", flat=True)) == {
        *["安徽省", "合肥市", "肥西县", "山南镇", "三河镇", "小井庄村民委员会", "河口村民委员会"]
    }


def test_an_unknown_root_is_refused(load):
    with pytest.raises(CommandError, match="名单里没有代码为 999999999999 的区划"):
        load(BASE, root="999999999999")
    assert Organization.objects.count() == 0


def test_a_later_list_renames_and_keeps_the_old_name(load):
    load(BASE)
    renamed = VILLAGE.replace("小井庄村民委员会", "小井庄社区居委会")
    out = load([*BASE[:7], renamed, RIVER], valid_on="2026-07-01")
    village = node("340123105200")
    assert (village.name, village.kind.name, village.initials) == ("小井庄社区居委会", "社区", "xjzsqjwh")
    former = village.former_names.get()
    assert (former.name, former.used_until) == ("小井庄村民委员会", date(2026, 7, 1))
    assert "更名 1" in out
    assert list(Organization.objects.search("小井庄村民")) == [village]


def test_a_kind_set_by_hand_is_never_overwritten(load):
    load(BASE)
    village = node("340123105200")
    village.kind = OrganizationKind.objects.get(level=Level.VILLAGE, name="待认定")
    village.save()
    load([*BASE[:7], VILLAGE.replace("小井庄村民委员会", "小井庄社区居委会"), RIVER])
    village.refresh_from_db()
    assert village.kind.name == "待认定"


def test_a_later_list_adds_closes_and_reopens(load):
    load(BASE)
    closed = node("340123101204")
    added = "340123101205,木兰村民委员会,village,340123101000"
    out = load([*BASE[:8], added], valid_on="2026-07-01")
    closed.refresh_from_db()
    assert closed.valid_to == date(2026, 7, 1)
    assert node("340123101205").valid_from == date(2026, 7, 1)
    assert "撤销的：河口村民委员会（340123101204）" in out
    load([*BASE, added])
    closed.refresh_from_db()
    assert closed.valid_to is None
    assert Organization.objects.count() == 10


def test_a_township_moves_with_everything_below_it(load):
    load(BASE)
    village = node("340123105200")
    unit = factories.organization("皖嫂基地", level=Level.UNIT, parent=village, code="340123105200-1")
    moved = SHANNAN.replace("340123000000", "340121000000")
    out = load([*BASE[:4], moved, *BASE[5:]])
    assert "移动 1" in out
    unit.refresh_from_db()
    assert unit.path.startswith(node("340121000000").path)
    check_paths()


def test_units_of_their_own_are_never_closed(load):
    load(BASE)
    unit = factories.organization("皖嫂基地", level=Level.UNIT, parent=node("340123101204"), code="340123101204-1")
    out = load(BASE[:8])
    unit.refresh_from_db()
    assert unit.valid_to is None
    assert "其下还有 1 个在用的基地等单位" in out


def test_a_list_of_one_county_does_not_close_its_neighbours(load):
    load(BASE)
    for number in range(10):  # what the list would close outweighs what it keeps
        code = f"3401211032{number:02d}"
        factories.organization(f"村{number}", level=Level.VILLAGE, parent=node("340121103000"), code=code)
    load([ANHUI, CITY, FEIXI, SHANNAN, VILLAGE])
    closed = Organization.objects.exclude(valid_to=None)
    assert set(closed.values_list("name", flat=True)) == {"三河镇", "河口村民委员会"}


def test_a_list_of_scattered_parts_is_refused_rather_than_guessed_at(load):
    load(BASE)
    for number in range(10):
        factories.organization(f"村{number}", level=Level.VILLAGE, parent=node("340121103000"))
    with pytest.raises(CommandError, match="请用 --root 代码 指明名单的范围"):
        load([ANHUI, CITY, FEIXI, CHANGFENG])
    assert not Organization.objects.exclude(valid_to=None).exists()


def test_rows_may_hang_below_what_the_tree_has_already(load, rejects):
    load(BASE)
    load(["340123105300,新村民委员会,village,340123105000"])
    assert node("340123105300").parent.name == "山南镇"
    assert not Organization.objects.exclude(valid_to=None).exists()
    closed = node("340123101000")
    closed.valid_to = date(2026, 1, 1)
    closed.save()
    load(["340123101300,旧村民委员会,village,340123101000"])
    assert rejects() == [("2", "找不到上级：上一层级没有代码为 340123101000 的区划")]
