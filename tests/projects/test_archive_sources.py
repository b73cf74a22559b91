"""What other parts of a programme put into the archive: nomination, groups, plan, trainings and meetings, inspections."""

import io
from datetime import date
from importlib import import_module

import docx
import openpyxl
import pytest
from django.apps import apps

from organizations.models import Role
from projects.actions import (
    approve_plan,
    approve_site,
    disband_group,
    record_attendance,
    remove_training,
    save_meeting,
    save_plan,
    submit_plan,
)
from projects.archive import archive_board, site_catalogue
from projects.models import ArchiveCategory, Inspection, Meeting, ProjectSite
from projects.models.archive import USUAL_CATEGORIES
from projects.posts import Post
from projects.states import SiteStatus
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.fieldnotes import DAY, held_training, noted
from tests.projects.test_archive import section

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def titles(site, name: str) -> list[str]:
    return [item.title for item in section(site, name).items]


def read_docx(item) -> str:
    assert item.generated.suffix == ".docx"
    return "\n".join(each.text for each in docx.Document(io.BytesIO(item.generated.write())).paragraphs)


def read_rows(content: bytes) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def held_meeting(programme, places, *, by, **fields) -> Meeting:
    """At which the posts that fill in at these places were."""
    given = {"kind": "launch", "held_on": DAY, "place": "会议厅", "chaired_by": "分管领导", "pack_at": NOON} | fields
    return save_meeting(
        Meeting(programme=programme, **given), posts=[Post(place, Role.CADRE) for place in places], by=by
    )


def approved_plan(site, *, by, decider):
    saved = save_plan(factories.plan(site.programme, site.organization, site=site), by=by)
    sent = submit_plan(saved, by=by, version=saved.version)
    return approve_plan(sent, by=decider, version=sent.version)


class TestFounding:
    def test_the_nomination_is_there_once_it_was_handed_in(self, site, programme, tree):
        (item,) = section(site, "申报资料").items
        assert (item.title, item.is_counted, item.is_written_by_system) == ("项目点申报审核表", True, True)
        assert read_rows(item.generated.write())[0][0] == "项目点申报审核表"
        draft = factories.site(programme, tree.other_village, status=SiteStatus.PROPOSED)
        assert titles(draft, "申报资料") == []

    def test_the_sites_team_counts_and_the_countys_group_lies_beside_it_by_its_posts(
        self, site, programme, tree, cadre, county_reviewer, city_staff
    ):
        factories.group(
            programme,
            tree.county,
            by=county_reviewer,
            day=date(2026, 6, 5),
            deputies=[("肥西县妇联", "副主席", "示例甲")],
        )
        factories.group(programme, tree.city, by=city_staff, day=date(2026, 6, 4))
        assert section(site, "组织机构").is_missing
        factories.team(site, by=cadre, day=date(2026, 6, 8), members=[("山南镇", "妇联主席", "示例乙")])
        found = section(site, "组织机构")
        assert [(item.title, item.is_counted) for item in found.items] == [
            ("肥西县领导小组成员名单", False),
            (f"{site}项目工作组成员名单", True),
        ]
        county, own = map(read_docx, found.items)
        assert "示例乙" in own
        assert "肥西县妇联副主席" in county
        assert "示例甲" not in county
        assert found.items[0].url == ""  # not every reader of the site has a page of it

    def test_a_team_that_was_disbanded_stays_and_counts_no_more(self, site, cadre):
        team = factories.team(site, by=cadre, day=date(2026, 6, 8))
        disband_group(team, by=cadre, version=team.version, on=date(2026, 11, 1), reason="人员调整")
        found = section(site, "组织机构")
        assert (len(found.items), found.count, found.is_missing) == (1, 0, True)

    def test_an_approved_plan_as_word(self, site, cadre, county_reviewer):
        saved = save_plan(factories.plan(site.programme, site.organization, site=site), by=cadre)
        assert titles(site, "实施方案") == []
        sent = submit_plan(saved, by=cadre, version=saved.version)
        approve_plan(sent, by=county_reviewer, version=sent.version)
        (item,) = section(site, "实施方案").items
        assert (item.title, item.dated_on) == ("项目工作实施方案（第1版）", TODAY)
        assert "建成妇女之家 1 个" in read_docx(item)


class TestGatherings:
    def test_a_training_is_there_when_a_post_of_the_site_came(self, site, programme, city_staff):
        training = held_training(programme, by=city_staff)
        head, secretary = training.attendees.order_by("kind")
        assert titles(site, "会议培训") == ["项目推进培训"]
        (row,) = read_rows(section(site, "会议培训").register.write())[1:]
        assert (row[0], row[2]) == ("2026-11-16", "项目推进培训")
        results = {head.pk: (False, None), secretary.pk: (False, None)}
        record_attendance(training, results=results, by=city_staff, version=training.version)
        assert titles(site, "会议培训") == []

    def test_not_one_that_was_removed_or_is_to_come(self, site, programme, city_staff):
        training = held_training(programme, by=city_staff)
        later = date(2026, 12, 1)
        held_training(programme, by=city_staff, first_on=later, last_on=later, persons=0, sessions=[], title="下一次")
        assert section(site, "会议培训").count == 1
        remove_training(training, by=city_staff, version=training.version)
        assert section(site, "会议培训").count == 0

    def test_a_meeting_at_which_the_township_was_and_none_of_the_county_alone(self, site, programme, tree, city_staff):
        held_meeting(programme, [tree.county], by=city_staff, held_on=date(2026, 11, 2))
        assert titles(site, "会议培训") == []
        held_meeting(programme, [tree.township, tree.far_township], by=city_staff)
        (item,) = section(site, "会议培训").items
        assert (item.title, item.source, item.url) == ("2026年11月16日动员会", "动员会", "")

    def test_an_inspection_stands_with_what_has_to_be_put_right(self, site, city_staff):
        noted(Inspection, site, by=city_staff)
        (item,) = section(site, "督查整改").items
        assert (item.title, item.source, item.dated_on) == ("市妇联发展部督查检查", "督查检查", DAY)
        assert "比计划晚十天" in read_docx(item)


def test_the_schedule_is_the_paper_with_plan_and_progress(site):
    rows = read_rows(section(site, "日程安排").register.write())
    assert rows[0][0] == "项目进度和日程安排表"
    assert any(row[1] == "启动阶段任务" for row in rows)


def test_the_board_counts_as_the_catalogues_do(
    site, programme, tree, cadre, neighbour, county_reviewer, city_staff, django_assert_num_queries
):
    other = approve_site(factories.site(programme, tree.other_village), by=city_staff)
    far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
    factories.team(site, by=cadre, day=date(2026, 6, 8))
    factories.group(programme, tree.county, by=county_reviewer, day=date(2026, 6, 5))
    approved_plan(other, by=neighbour, decider=county_reviewer)
    held_meeting(programme, [tree.township], by=city_staff)
    held_training(programme, by=county_reviewer, level="county")
    noted(Inspection, far, by=city_staff)
    sites = ProjectSite.objects.filter(pk__in=[site.pk, other.pk, far.pk])
    # Every category asks for so many items that each one counts.
    for minimum in [1, 2, 3]:
        programme.archive_categories.update(minimum=minimum)
        for category in programme.archive_categories.all():
            category.required_for.set(programme.creation_types.all())
        board = {each.site_id: each for each in archive_board(programme, sites, TODAY).standings}
        for each in sites:
            catalogue = site_catalogue(each, TODAY)
            assert [row.name for row in board[each.pk].missing] == [row.name for row in catalogue.missing]
    with django_assert_num_queries(20):
        archive_board(programme, sites, TODAY)


def test_programmes_that_are_there_take_over_the_sources(programme):
    migration = import_module("projects.migrations.0016_archive_sources")
    usual = {name: source for name, _, source, *_ in USUAL_CATEGORIES}
    migration.empty(apps, None)
    ArchiveCategory.objects.filter(name="会议培训").update(name="会议和培训")
    migration.fill(apps, None)
    found = dict(programme.archive_categories.values_list("name", "source"))
    assert found.pop("会议和培训") == ""
    assert found == {name: source for name, source in usual.items() if name != "会议培训"}
