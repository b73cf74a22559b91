"""Adding, renaming, moving, closing: the result, the audit row, each refusal; and two at once."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from organizations.actions import (
    add_organization,
    classify_organization,
    close_organization,
    move_organization,
    rename_organization,
    reopen_organization,
)
from organizations.models import AuditEvent, Level, Organization, OrganizationKind, Role
from projects.models import MonthlyReport
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


def paths_are_right() -> bool:
    nodes = Organization.objects.select_related("parent")
    return all(node.path == f"{node.parent.path if node.parent else '/'}{node.pk}/" for node in nodes)


def only_event() -> AuditEvent:
    return AuditEvent.objects.get()


def test_add_a_village(tree, city_staff):
    kind = OrganizationKind.objects.get(level=Level.VILLAGE, name="村")
    made = add_organization(
        by=city_staff, parent=tree.township, level=Level.VILLAGE, code="340123105300", name=" 新光  村 ", kind=kind
    )
    made.refresh_from_db()
    assert (made.name, made.initials, made.path) == ("新光 村", "xg c", f"{tree.township.path}{made.pk}/")
    event = only_event()
    assert (event.action, event.actor_id, event.organization_path) == ("新增组织", city_staff.pk, made.path)


def test_a_base_hangs_under_a_village_or_county_and_gets_a_code(tree, city_staff):
    first = add_organization(by=city_staff, parent=tree.village, level=Level.UNIT, name="皖嫂基地")
    second = add_organization(by=city_staff, parent=tree.village, level=Level.UNIT, name="扶贫车间")
    below_county = add_organization(by=city_staff, parent=tree.county, level=Level.UNIT, name="县基地")
    assert [first.code, second.code] == ["340123105200-1", "340123105200-2"]
    assert below_county.code == "340123000000-1"
    assert paths_are_right()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"level": Level.TOWNSHIP}, "不能挂在乡镇（街道）之下"),
        ({"level": Level.COUNTY}, "不能挂在乡镇（街道）之下"),
        ({"code": "12345"}, "区划代码应为 12 位数字"),
        ({"code": "340123105200"}, "同一层级已有这个代码"),
        ({"name": " "}, "请填写名称"),
        ({"name": ""}, "这一格没有填"),
        ({"level": Level.UNIT, "code": "基地一"}, "单位代码由字母、数字和“-”组成"),
    ],
)
def test_what_can_not_be_added(tree, city_staff, changes, sentence):
    values = {"parent": tree.township, "level": Level.VILLAGE, "code": "340123105300", "name": "新光村"} | changes
    with pytest.raises(ValidationError, match=sentence):
        add_organization(by=city_staff, **values)
    assert AuditEvent.objects.count() == 0


def test_a_kind_of_another_level_is_refused(tree, city_staff):
    kind = OrganizationKind.objects.get(level=Level.TOWNSHIP, name="镇")
    with pytest.raises(ValidationError, match="“镇”不是村（社区）的类型"):
        classify_organization(tree.village, by=city_staff, kind=kind, valid_from=None)


def test_nothing_is_added_below_what_is_closed(tree, city_staff):
    close_organization(tree.village, by=city_staff, valid_to=DAY)
    with pytest.raises(ValidationError, match="已撤销，不能作为上级"):
        add_organization(by=city_staff, parent=tree.village, level=Level.UNIT, name="基地")


def test_only_who_sees_everything_adds_a_province(tree, city_staff, system_admin):
    values = {"parent": None, "level": Level.PROVINCE, "code": "320000000000", "name": "江苏省"}
    with pytest.raises(PermissionDenied):
        add_organization(by=city_staff, **values)
    assert add_organization(by=system_admin, **values).path.count("/") == 2


@pytest.mark.parametrize("person", ["cadre", "county_reviewer", "leader", "auditor"])
def test_other_roles_are_refused(tree, person, request):
    user = request.getfixturevalue(person)
    for attempt in [
        lambda: rename_organization(tree.village, by=user, name="新名"),
        lambda: move_organization(tree.township, by=user, parent=tree.other_county),
        lambda: close_organization(tree.village, by=user, valid_to=DAY),
        lambda: reopen_organization(tree.village, by=user),
        lambda: classify_organization(tree.village, by=user, kind=None, valid_from=None),
        lambda: add_organization(by=user, parent=tree.village, level=Level.UNIT, name="基地"),
    ]:
        with pytest.raises(PermissionDenied):
            attempt()
    assert AuditEvent.objects.count() == 0


def test_another_city_is_out_of_reach(tree):
    city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    staff = factories.user("wuhu", role=Role.CITY_STAFF, organization=city)
    with pytest.raises(PermissionDenied):
        rename_organization(tree.village, by=staff, name="新名")
    county = factories.organization("湾沚区", level=Level.COUNTY, parent=city)
    township = factories.organization("湾沚镇", level=Level.TOWNSHIP, parent=county)
    with pytest.raises(PermissionDenied):
        move_organization(township, by=staff, parent=tree.county)


def test_a_rename_keeps_the_old_name(tree, city_staff):
    rename_organization(tree.village, by=city_staff, name="小井庄社区", on=DAY)
    tree.village.refresh_from_db()
    assert (tree.village.name, tree.village.initials) == ("小井庄社区", "xjzsq")
    assert [(former.name, former.used_until) for former in tree.village.former_names.all()] == [("小井庄村", DAY)]
    assert only_event().detail == {"former": "小井庄村", "name": "小井庄社区"}
    with pytest.raises(ValidationError, match="与现在的名称相同"):
        rename_organization(tree.village, by=city_staff, name="小井庄社区")


def test_a_move_takes_the_subtree_along(tree, city_staff):
    base = factories.organization("皖嫂基地", level=Level.UNIT, parent=tree.village, code="340123105200-1")
    move_organization(tree.township, by=city_staff, parent=tree.other_county, note="皖政〔2026〕1号")
    assert paths_are_right()
    base.refresh_from_db()
    assert base.path.startswith(tree.other_county.path)
    assert tree.township.parent == tree.other_county
    event = only_event()
    assert (event.action, event.note) == ("移动组织", "皖政〔2026〕1号")
    assert event.detail["former_parent"]["name"] == "肥西县"
    assert event.organization_path == tree.township.path


def test_a_move_does_not_touch_a_neighbour_whose_id_begins_alike(tree, city_staff):
    """/1/2/ is no prefix of /1/23/: the path ends with a slash."""
    before = dict(Organization.objects.exclude(path__startswith=tree.township.path).values_list("pk", "path"))
    move_organization(tree.township, by=city_staff, parent=tree.other_county)
    assert dict(Organization.objects.filter(pk__in=before).values_list("pk", "path")) == before


def test_sites_go_along_and_submitted_reports_keep_their_county(tree, city_staff, programme):
    site = factories.site(programme, tree.village)
    report = MonthlyReport.objects.create(
        site=site, month=date(2026, 7, 1), due_at="2026-08-05T18:00+08:00", organization_path=tree.village.path
    )
    old_path = tree.village.path
    move_organization(tree.township, by=city_staff, parent=tree.other_county)
    site.organization.refresh_from_db()
    report.refresh_from_db()
    assert site.organization.path.startswith(tree.other_county.path)
    assert report.organization_path == old_path


def test_the_scope_of_accounts_follows_the_move(tree, city_staff, county_reviewer, other_reviewer):
    move_organization(tree.township, by=city_staff, parent=tree.other_county)
    assert not Organization.objects.visible_to(county_reviewer).filter(pk=tree.village.pk).exists()
    assert Organization.objects.visible_to(other_reviewer).filter(pk=tree.village.pk).exists()


@pytest.mark.parametrize(
    ("moved", "parent", "sentence"),
    [
        ("township", "county", "上级已经是"),
        ("township", "village", "就在“山南镇”之内"),
        ("township", "township", "就在“山南镇”之内"),
        ("township", "other_township", "不能挂在乡镇（街道）之下"),
        ("village", "other_county", "不能挂在县（市、区）之下"),
    ],
)
def test_what_can_not_be_moved(tree, city_staff, moved, parent, sentence):
    with pytest.raises(ValidationError, match=sentence):
        move_organization(getattr(tree, moved), by=city_staff, parent=getattr(tree, parent))
    assert paths_are_right()


def test_nothing_moves_from_or_to_what_is_closed(tree, city_staff):
    close_organization(tree.village, by=city_staff, valid_to=DAY)
    with pytest.raises(ValidationError, match="“小井庄村”已撤销，不能移动"):
        move_organization(tree.village, by=city_staff, parent=tree.other_township)
    close_organization(tree.township, by=city_staff, valid_to=DAY)
    with pytest.raises(ValidationError, match="已撤销，不能作为上级"):
        move_organization(tree.other_village, by=city_staff, parent=tree.township)


def test_closing_and_reopening(tree, city_staff):
    close_organization(tree.village, by=city_staff, valid_to=DAY, successor=tree.other_village)
    tree.village.refresh_from_db()
    assert (tree.village.valid_to, tree.village.successor) == (DAY, tree.other_village)
    with pytest.raises(ValidationError, match="已于 2026-07-01 撤销"):
        close_organization(tree.village, by=city_staff, valid_to=DAY)
    reopen_organization(tree.village, by=city_staff)
    tree.village.refresh_from_db()
    assert (tree.village.valid_to, tree.village.successor) == (None, None)
    with pytest.raises(ValidationError, match="没有撤销"):
        reopen_organization(tree.village, by=city_staff)
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == ["撤销组织", "恢复组织"]


def test_what_can_not_be_closed(tree, city_staff):
    with pytest.raises(ValidationError, match="还有 1 个未撤销的下级"):
        close_organization(tree.township, by=city_staff, valid_to=DAY)
    for successor in [tree.village, tree.township]:
        with pytest.raises(ValidationError, match="并入的组织应是另一个在用的村（社区）组织"):
            close_organization(tree.village, by=city_staff, valid_to=DAY, successor=successor)
    tree.village.valid_from = date(2026, 8, 1)
    tree.village.save()
    with pytest.raises(ValidationError, match="撤销日期不能早于启用日期"):
        close_organization(tree.village, by=city_staff, valid_to=DAY)


def test_two_are_not_closed_into_each_other(tree, city_staff):
    """Both pages were open before either was sent."""
    here, there = (Organization.objects.get(pk=tree.village.pk) for _ in range(2))
    sibling = factories.organization("新光村", level=Level.VILLAGE, parent=tree.township)
    close_organization(here, by=city_staff, valid_to=DAY, successor=sibling)
    with pytest.raises(ValidationError, match="并入的组织应是另一个在用的"):
        close_organization(sibling, by=city_staff, valid_to=DAY, successor=there)


@pytest.mark.parametrize("code", ["340123105200-A1", "340123105200-7-B2", "340123105200-x-9"])
def test_a_code_made_by_hand_does_not_disturb_the_numbering(tree, city_staff, code):
    factories.organization("老基地", level=Level.UNIT, parent=tree.village, code=code)
    factories.organization("新基地", level=Level.UNIT, parent=tree.village, code="340123105200-3")
    assert add_organization(by=city_staff, parent=tree.village, level=Level.UNIT, name="基地").code == "340123105200-4"


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_leave_one_tree(tree, city_staff):
    """A village goes to another township while its township goes to another county."""
    moves = [(tree.township, tree.other_county), (tree.village, tree.far_township), (tree.other_village, tree.township)]
    start, failures = threading.Barrier(len(moves)), []

    def move(node, parent) -> None:
        try:
            start.wait(timeout=10)
            move_organization(
                Organization.objects.get(pk=node.pk), by=city_staff, parent=Organization.objects.get(pk=parent.pk)
            )
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    assert paths_are_right()
    tree.other_village.refresh_from_db()
    assert tree.other_village.path.startswith(tree.other_county.path)
    assert AuditEvent.objects.count() == 3
