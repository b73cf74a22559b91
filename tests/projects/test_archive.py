"""备查资料: what lies in an archive, what is missing, who puts papers there and takes them back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import (
    Filing,
    add_annexes,
    add_attachment,
    add_record,
    add_to_archive,
    add_visit,
    add_worklog_attachment,
    approve_site,
    change_filing,
    copy_programme,
    offer_usual_words,
    remove_attachment,
    remove_from_archive,
    return_report,
)
from projects.archive import archive_board, programme_catalogue, site_catalogue
from projects.models import ArchiveCategory, Attachment, Programme, ProjectSite, WorkLog
from tests import factories
from tests.concurrency import at_once
from tests.projects.conftest import NOON, submit
from tests.projects.fieldnotes import noted
from tests.projects.followup import raised

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = date(2026, 11, 10)


def category(programme: Programme, name: str) -> ArchiveCategory:
    return programme.archive_categories.get(name=name)


def put(owner, name: str, *, by, title="", received=None, dated_on=DAY) -> Attachment:
    programme = owner if isinstance(owner, Programme) else owner.programme
    filing = Filing(category(programme, name), dated_on, title)
    return add_to_archive(owner, by=by, filing=filing, received=received or [factories.received()])


def section(site, name: str):
    return next(each for each in site_catalogue(site, TODAY).sections if each.name == name)


class TestCategories:
    def test_a_new_programme_is_offered_the_usual_ones_once(self, programme):
        names = [each.name for each in programme.archive_categories.all()]
        assert (len(names), names[0], names[-1]) == (13, "申报资料", "考核验收")
        offer_usual_words(programme)
        assert programme.archive_categories.count() == 13
        assert category(programme, "资金").required_for.count() == 3
        assert category(programme, "督查整改").required_for.count() == 0

    def test_the_next_years_copy_requires_them_of_its_own_types(self, programme, city_staff):
        base = programme.creation_types.get(name="皖嫂示范基地")
        category(programme, "资金").required_for.set([base])
        copy = copy_programme(programme, year=2027, by=city_staff)
        assert copy.archive_categories.count() == 13
        assert [(kind.name, kind.programme) for kind in category(copy, "资金").required_for.all()] == [
            ("皖嫂示范基地", copy)
        ]

    @pytest.mark.parametrize(
        "fields", [{"position": 100}, {"minimum": 0}, {"source": "visit"}, {"name": "资金"}, {"position": 0}]
    )
    def test_what_the_database_refuses(self, programme, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            ArchiveCategory.objects.create(**{"programme": programme, "name": "其他", "position": 50} | fields)

    def test_two_may_change_places(self, programme):
        first, second = programme.archive_categories.all()[:2]
        with transaction.atomic():
            for each, position in [(first, 2), (second, 1)]:
                ArchiveCategory.objects.filter(pk=each.pk).update(position=position)
        assert [each.name for each in programme.archive_categories.all()[:2]] == [second.name, first.name]


class TestPuttingIn:
    def test_one_item_is_a_document_with_its_annexes(self, site, cadre):
        files = [factories.received("方案.pdf"), factories.received("附表.pdf")]
        added = put(site, "实施方案", by=cadre, title="创建实施方案", received=files)
        item = section(site, "实施方案").items[0]
        assert (item.title, item.dated_on, item.source, item.is_counted) == ("创建实施方案", DAY, "直接上传", True)
        assert [piece.attachment.name for piece in item.pieces] == ["方案.pdf", "附表.pdf"]
        assert added.annexes.get().main == added
        events = AuditEvent.objects.filter(action="归入备查资料")
        assert [event.detail["sha256"] for event in events.order_by("id")] == [file.sha256 for file in files]

    def test_without_a_title_it_goes_by_its_files_name(self, site, cadre):
        put(site, "资金", by=cadre, received=[factories.received("凭证.pdf")])
        assert section(site, "资金").items[0].title == "凭证.pdf"

    def test_the_same_document_is_kept_once_in_a_category_and_named_across_them(self, site, cadre):
        twin = factories.received("公示.pdf")
        first, second = (put(site, "资金", by=cadre, received=[twin]) for _ in range(2))
        assert first == second
        put(site, "组织机构", by=cadre, received=[twin], title="公示")
        assert section(site, "组织机构").items[0].pieces[0].same_as == ""
        assert section(site, "资金").items[0].pieces[0].same_as == "02-01 公示"

    def test_who_may(self, site, cadre, county_reviewer, city_staff, neighbour, leader, auditor):
        for by in [cadre, county_reviewer, city_staff]:
            put(site, "资金", by=by)
        for by in [neighbour, leader, auditor]:
            with pytest.raises(PermissionDenied):
                put(site, "资金", by=by)
        assert section(site, "资金").count == 3

    def test_what_is_refused_leaves_nothing(self, site, cadre, programme, tree, settings, tmp_path):
        settings.MEDIA_ROOT, settings.REPORT_MAX_FILES = tmp_path, 2
        other = factories.programme(tree.city, year=2027)
        foreign = Filing(category(other, "资金"), DAY)
        with pytest.raises(ValidationError, match="不是这个批次的"):
            add_to_archive(site, by=cadre, filing=foreign, received=[factories.received()])
        with pytest.raises(ValidationError, match="不能晚于今天"):
            put(site, "资金", by=cadre, dated_on=TODAY + timedelta(days=1))
        with pytest.raises(ValidationError, match="最多 2 个文件"):
            put(site, "资金", by=cadre, received=[factories.received() for _ in range(3)])
        settings.SITE_QUOTA_MB = 0
        with pytest.raises(ValidationError, match="最多 0 MB"):
            put(site, "资金", by=cadre)
        assert (Attachment.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])

    def test_the_programmes_own_papers_lie_in_every_sites_catalogue_and_count_in_none(
        self, site, programme, city_staff, cadre
    ):
        put(programme, "资金", by=city_staff, title="省里通知")
        with pytest.raises(PermissionDenied):
            put(programme, "资金", by=cadre)
        found = section(site, "资金")
        assert [(item.title, item.source, item.is_counted) for item in found.items] == [("省里通知", "批次共用", False)]
        assert found.is_missing
        own = programme_catalogue(programme, TODAY, cadre)
        assert ([item.title for item in own.items], own.percent) == (["省里通知"], None)

    def test_exactly_one_of_site_and_programme(self, site, programme, city_staff):
        added = put(programme, "资金", by=city_staff)
        for change in [{"site": site}, {"programme": None}, {"category": None}]:
            with pytest.raises(IntegrityError), transaction.atomic():
                Attachment.objects.filter(pk=added.pk).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.filter(pk=added.pk).update(main=added)


class TestChanging:
    def test_title_date_and_category_of_an_item_with_its_annexes(self, site, cadre):
        added = put(site, "资金", by=cadre, received=[factories.received(), factories.received()])
        filing = Filing(category(site.programme, "组织机构"), date(2026, 11, 1), "成立文件")
        change_filing(added, by=cadre, filing=filing)
        item = section(site, "组织机构").items[0]
        assert (item.title, item.dated_on, len(item.pieces)) == ("成立文件", date(2026, 11, 1), 2)
        event = AuditEvent.objects.filter(action="修改归档").get()
        assert (event.detail["before"], event.detail["after"]) == ("资金", "组织机构")

    def test_a_photo_of_a_report_can_be_put_elsewhere_and_back(self, site, report, cadre):
        photo = add_attachment(report, by=cadre, received=factories.received("签到.pdf"))
        change_filing(photo, by=cadre, filing=Filing(category(site.programme, "会议培训"), DAY, "培训签到"))
        assert [item.title for item in section(site, "会议培训").items] == ["培训签到"]
        change_filing(photo, by=cadre, filing=Filing(None, None))
        assert section(site, "会议培训").items == []

    def test_only_by_who_put_it_there_or_the_city(self, site, cadre, county_reviewer, city_staff, neighbour):
        added = put(site, "资金", by=cadre)
        filing = Filing(category(site.programme, "资金"), DAY, "新题名")
        for by in [county_reviewer, neighbour]:
            with pytest.raises(PermissionDenied):
                change_filing(added, by=by, filing=filing)
        change_filing(added, by=city_staff, filing=filing)
        with pytest.raises(ValidationError, match="请选择目录类别"):
            change_filing(added, by=cadre, filing=Filing(None, DAY))

    def test_further_annexes(self, site, cadre, county_reviewer, settings):
        added = put(site, "资金", by=cadre)
        (annex,) = add_annexes(added, by=cadre, received=[factories.received("凭证.pdf")])
        assert (annex.main, annex.category, section(site, "资金").count) == (added, added.category, 1)
        with pytest.raises(PermissionDenied):
            add_annexes(annex, by=cadre, received=[factories.received()])
        with pytest.raises(PermissionDenied):
            add_annexes(added, by=county_reviewer, received=[factories.received()])
        settings.REPORT_MAX_FILES = 2
        with pytest.raises(ValidationError, match="最多 2 个文件"):
            add_annexes(added, by=cadre, received=[factories.received()])


class TestRemoving:
    def test_it_is_only_marked_with_its_annexes_and_the_reason(self, site, cadre):
        added = put(site, "资金", by=cadre, received=[factories.received(), factories.received()])
        remove_from_archive(added, by=cadre, reason="传错了")
        remove_from_archive(added, by=cadre, reason="再点一次")
        pieces = Attachment.objects.order_by("pk")
        assert [(piece.removed_by, piece.removal_reason) for piece in pieces] == [(cadre, "传错了")] * 2
        assert pieces[0].file.storage.exists(pieces[0].file.name)
        assert section(site, "资金").items == []
        assert AuditEvent.objects.filter(action="移除备查资料").count() == 2

    def test_not_without_a_reason_and_not_by_others(self, site, cadre, county_reviewer, neighbour):
        added = put(site, "资金", by=cadre)
        with pytest.raises(ValidationError, match="请写明移除的原因"):
            remove_from_archive(added, by=cadre, reason=" ")
        for by in [county_reviewer, neighbour]:
            with pytest.raises(PermissionDenied):
                remove_from_archive(added, by=by, reason="不要了")

    def test_what_belongs_to_a_report_is_removed_there(self, report, cadre):
        photo = add_attachment(report, by=cadre, received=factories.received())
        with pytest.raises(PermissionDenied):
            remove_from_archive(photo, by=cadre, reason="不要了")
        change_filing(photo, by=cadre, filing=Filing(category(report.site.programme, "资金"), DAY))
        remove_attachment(photo, by=cadre)
        assert Attachment.objects.get().removed_by == cadre  # once filed it is only marked


class TestCatalogue:
    def test_records_fall_in_by_themselves_with_their_photos(self, site, report, cadre, city_staff):
        activity = add_record(factories.activity(site, DAY, title="法律讲座"), by=cadre)
        add_attachment(report, by=cadre, received=factories.received("讲座.pdf"), record=activity)
        add_record(factories.publicity(site, DAY, title="讲座进村"), by=cadre)
        add_visit(factories.visit(site, DAY), by=city_staff)
        raised(site, by=city_staff)
        titles = {each.name: [item.title for item in each.items] for each in site_catalogue(site, TODAY).sections}
        assert titles["活动记录"] == ["法律讲座"]
        assert [piece.attachment.name for piece in section(site, "活动记录").items[0].pieces] == ["讲座.pdf"]
        assert (titles["宣传报道"], titles["调研指导"]) == (["讲座进村"], ["市妇联到点指导"])
        assert titles["督查整改"][0].endswith("培训签到表缺 2 期")
        assert titles["日程安排"] == ["进度和日程安排表"]

    def test_a_work_log_falls_in_and_its_photo_is_removed_there_alone(self, site, cadre):
        log = noted(WorkLog, site, by=cadre)
        photo = add_worklog_attachment(log, by=cadre, received=factories.received("日志.pdf"))
        (item,) = section(site, "工作日志").items
        assert (item.source, [piece.attachment for piece in item.pieces]) == ("工作日志", [photo])
        with pytest.raises(PermissionDenied):
            remove_from_archive(photo, by=cadre, reason="不要了")
        (standing,) = archive_board(site.programme, ProjectSite.objects.filter(pk=site.pk), TODAY).standings
        assert standing.percent == site_catalogue(site, TODAY).percent == 27

    def test_a_report_is_an_item_once_it_was_sent_and_stays_one_when_it_comes_back(
        self, site, report, cadre, county_reviewer
    ):
        add_attachment(report, by=cadre, received=factories.received("现场.pdf"))
        (draft,) = section(site, "进度月报").items
        assert (draft.title, draft.is_counted) == ("2026年11月月报（还没有提交）", False)
        sent = submit(report, by=cadre)
        return_report(sent, by=county_reviewer, version=sent.version, reason="请重填")
        (item,) = section(site, "进度月报").items
        assert (item.title, item.is_counted, len(item.pieces)) == ("2026年11月月报", True, 1)

    def test_the_evidence_of_a_task_is_an_item(self, site, report, cadre):
        task = site.stages.first().items.first()
        for name in ["一.pdf", "二.pdf"]:
            add_attachment(report, by=cadre, received=factories.received(name), item=task)
        assert [item.title for item in section(site, "日程安排").items] == ["进度和日程安排表", "启动阶段任务"]
        assert len(section(site, "日程安排").items[1].pieces) == 2

    def test_what_falls_into_no_category_stands_last(self, site, report, cadre):
        category(site.programme, "进度月报").delete()
        add_attachment(report, by=cadre, received=factories.received("现场.pdf"))
        last = site_catalogue(site, TODAY).sections[-1]
        assert (last.label, [item.title for item in last.items]) == ("99 未归类", ["2026年11月月报（还没有提交）"])

    def test_completeness_names_what_is_missing_and_rises(self, site, cadre):
        found = site_catalogue(site, TODAY)
        names = ["组织机构", "实施方案", "进度月报", "会议培训", "活动记录"]
        names += ["调研指导", "宣传报道", "资金", "工作日志"]
        assert (len(found.asked), found.percent) == (11, 18)
        assert [each.name for each in found.missing] == names
        put(site, "资金", by=cadre)
        assert site_catalogue(site, TODAY).percent == 27

    def test_a_category_is_asked_for_when_its_stage_begins(self, site):
        before, after = date(2026, 6, 30), date(2026, 12, 1)
        assert len(site_catalogue(site, before).asked) == 4
        assert [each.name for each in site_catalogue(site, after).asked][-1] == "考核验收"

    def test_of_a_minimum_only_the_rest_is_lacking(self, site, cadre):
        add_record(factories.activity(site, DAY), by=cadre)
        found = section(site, "活动记录")
        assert (found.count, found.lack, found.mark.word) == (1, 2, "缺 2 件")


class TestBoard:
    def test_it_agrees_with_every_catalogue(
        self, site, report, programme, tree, cadre, neighbour, city_staff, county_reviewer
    ):
        other = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        submit(report, by=cadre)
        for number in range(3):
            add_record(factories.activity(other, DAY, title=f"活动{number}"), by=neighbour)
        put(other, "资金", by=neighbour, received=[factories.received(), factories.received()])
        photo = add_attachment(other.reports.get(month=report.month), by=neighbour, received=factories.received())
        change_filing(photo, by=neighbour, filing=Filing(category(programme, "工作日志"), DAY))
        add_visit(factories.visit(far, DAY), by=city_staff)
        removed = put(far, "资金", by=city_staff)
        remove_from_archive(removed, by=city_staff, reason="传错")
        board = archive_board(programme, programme.sites.all(), TODAY, below=[tree.county, tree.other_county])
        for each in [site, other, far]:
            standing = next(row for row in board.standings if row.site_id == each.pk)
            catalogue = site_catalogue(each, TODAY)
            assert standing.percent == catalogue.percent
            assert [row.name for row in standing.missing] == [row.name for row in catalogue.missing]
        assert [row.site_id for row in board.standings] == [far.pk, site.pk, other.pk]
        assert [(row.organization, row.sites, row.complete, row.percent) for row in board.places] == [
            (tree.other_county, 1, 0, 27),
            (tree.county, 2, 0, 36),
        ]
        assert board.places[0].most_missed == "组织机构 1、实施方案 1、进度月报 1"

    def test_queries_are_bounded(self, site, programme, tree, city_staff, django_assert_num_queries):
        with django_assert_num_queries(20):
            archive_board(programme, programme.sites.all(), TODAY)
        approve_site(factories.site(programme, tree.other_village), by=city_staff)
        with django_assert_num_queries(20):
            archive_board(programme, programme.sites.all(), TODAY)

    def test_a_programme_without_categories_asks_for_nothing(self, site, programme):
        programme.archive_categories.all().delete()
        (standing,) = archive_board(programme, programme.sites.all(), TODAY).standings
        assert (standing.asked, standing.percent) == (0, None)


def test_the_clock_decides_what_is_asked(site, tree, programme):
    with clock.set_to(NOON + timedelta(days=30)):
        assert len(site_catalogue(site, clock.today()).asked) == 12


@pytest.mark.django_db(transaction=True)
def test_the_same_paper_sent_at_once_is_kept_once_and_the_quota_holds(site, cadre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    paper = factories.received()
    results = at_once(lambda number: put(site, "资金", by=cadre, received=[paper]))
    assert len({result.pk for result in results}) == 1
    settings.SITE_QUOTA_MB = 3 * len(paper.data) / (1024 * 1024)
    others = [factories.received(text=f"第{number}份".ljust(4)) for number in range(8)]
    results = at_once(lambda number: put(site, "组织机构", by=cadre, received=[others[number]]))
    kept = [result for result in results if isinstance(result, Attachment)]
    assert all("请联系市妇联" in str(result) for result in results if result not in kept)
    assert 1 <= len(kept) == Attachment.objects.count() - 1 < 3
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == Attachment.objects.count()
