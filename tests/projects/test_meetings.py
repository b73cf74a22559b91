"""Supervision meetings: when they are due, the pack as of a moment, what they decide, and their papers."""

import io
from datetime import date, datetime, timedelta

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from fedwork import clock
from organizations.calendar import PUBLISHED
from organizations.models import AuditEvent, Role
from projects.actions import (
    approve_site,
    close_rectification,
    copy_programme,
    finish_meeting,
    pass_report,
    raise_rectification,
    save_meeting,
    save_report,
    submit_report,
)
from projects.meeting_pack import meeting_pack, ranked
from projects.meeting_plan import due_days, plan
from projects.models import Meeting
from projects.posts import Post
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON, full_content, submit
from tests.projects.followup import new_item, raised, submitted
from tests.projects.lights import OF_THE_PACK, only, set_rule

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 30)  # the 31st is a Saturday
LIST, ADD = "/meetings/", "/meetings/add/"


def new_meeting(programme, **fields) -> Meeting:
    given = {
        "due_on": OCTOBER,
        "held_on": date(2026, 10, 28),
        "place": "市妇联三楼会议室",
        "chaired_by": "市妇联分管领导",
        "pack_at": NOON,
    }
    return Meeting(programme=programme, **given | fields)


@pytest.fixture
def county_post(tree):
    return Post(tree.county, Role.COUNTY_REVIEWER)


@pytest.fixture
def meeting(programme, site, city_staff, county_post):
    return save_meeting(new_meeting(programme), posts=[county_post], by=city_staff)


@pytest.fixture
def written(meeting, city_staff, county_post):
    meeting.minutes, meeting.requirements = "各县汇报了进展", "按时整改"
    return save_meeting(meeting, posts=[county_post], by=city_staff)


def moment(month: int, day: int, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


class TestDueDates:
    def test_every_two_months_from_june_on_the_last_working_day(self, programme):
        assert due_days(programme, PUBLISHED) == [date(2026, 8, 31), OCTOBER, date(2026, 12, 31)]

    @pytest.mark.parametrize(
        ("interval", "first", "days"),
        [
            (None, None, []),
            (3, None, [date(2026, 9, 30), date(2026, 12, 31)]),
            (2, date(2026, 7, 15), [date(2026, 7, 15), date(2026, 9, 15), date(2026, 11, 13)]),
            (2, date(2026, 6, 30), [date(2026, 6, 30), date(2026, 8, 31), OCTOBER, date(2026, 12, 31)]),
            (12, None, []),
        ],
    )
    def test_interval_and_anchor_are_data(self, programme, interval, first, days):
        programme.meeting_interval, programme.meeting_first_on = interval, first
        assert due_days(programme, PUBLISHED) == days

    def test_the_anchor_moves_with_the_copy(self, programme, city_staff):
        programme.meeting_first_on = date(2026, 7, 15)
        programme.save()
        assert copy_programme(programme, year=2027, by=city_staff).meeting_first_on == date(2027, 7, 15)

    def test_the_plan_says_what_is_held_late_or_missing(self, meeting, programme, city_staff):
        def words(day):
            return [slot.mark(day).word for slot in plan(programme)]

        assert words(date(2026, 11, 22)) == ["逾期未开", "已召开", "未到"]
        assert words(date(2026, 12, 20)) == ["逾期未开", "已召开", "快到期"]
        assert words(date(2026, 10, 27)) == ["逾期未开", "已安排", "未到"]
        Meeting.objects.update(held_on=date(2026, 11, 3))
        assert words(date(2026, 11, 22))[1] == "逾期召开"

    @pytest.mark.parametrize("change", [{"meeting_interval": 0}, {"meeting_first_on": date(2026, 5, 1)}])
    def test_what_makes_no_sense_is_refused(self, programme, change):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(programme).objects.update(**change)


class TestEntering:
    def test_saved_with_posts_and_a_row_in_the_log(self, meeting, county_post):
        assert [str(attendee) for attendee in meeting.attendees.all()] == ["肥西县县级审核员"]
        event = AuditEvent.objects.about(meeting).get()
        assert (event.action, event.detail) == ("登记会议", {"held_on": "2026-10-28", "attendees": 1})

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"pack_at": NOON + timedelta(hours=1)}, "不能晚于现在"),
            ({"held_on": date(2020, 1, 1)}, "早于批次年度"),
            ({"due_on": date(2026, 9, 30)}, "没有这一期"),
            ({"kind": "launch"}, "动员会不占"),
            ({"place": ""}, "这一格没有填"),
        ],
    )
    def test_refused(self, programme, city_staff, given, words):
        with pytest.raises(ValidationError, match=words):
            save_meeting(new_meeting(programme, **given), posts=[], by=city_staff)
        assert not Meeting.objects.exists()

    def test_one_meeting_for_each_date(self, meeting, programme, city_staff):
        with pytest.raises(ValidationError, match="这一期的会议已经登记"):
            save_meeting(new_meeting(programme), posts=[], by=city_staff)
        assert save_meeting(new_meeting(programme, due_on=None), posts=[], by=city_staff).pk

    @pytest.mark.parametrize("who", ["county_reviewer", "cadre", "leader", "auditor"])
    def test_only_by_who_runs_the_programme(self, programme, who, request):
        with pytest.raises(PermissionDenied):
            save_meeting(new_meeting(programme), posts=[], by=request.getfixturevalue(who))

    def test_an_older_version_is_refused(self, meeting, city_staff):
        stale = Meeting.objects.select_related("programme__organization").get(pk=meeting.pk)
        save_meeting(meeting, posts=[], by=city_staff)
        assert not meeting.attendees.exists()
        with pytest.raises(ValidationError, match="又有改动"):
            save_meeting(stale, posts=[], by=city_staff)

    def test_finished_it_stays_as_it_is(self, written, site, city_staff, county_post):
        done = finish_meeting(written, by=city_staff, version=written.version)
        assert done.is_finished
        with pytest.raises(ValidationError, match="已经定稿"):
            save_meeting(done, posts=[county_post], by=city_staff)
        with pytest.raises(ValidationError, match="已经定稿"):
            finish_meeting(done, by=city_staff, version=done.version)
        with pytest.raises(ValidationError, match="已经定稿"):
            raised(site, by=city_staff, source="meeting", meeting=done)

    def test_not_finished_before_it_is_written_up(self, meeting, city_staff):
        with pytest.raises(ValidationError, match="会议讨论情况和下步要求都写好"):
            finish_meeting(meeting, by=city_staff, version=meeting.version)
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.update(finished_at=NOON)

    def test_not_before_it_was_held_nor_without_attendees(self, written, city_staff):
        with clock.set_to(moment(10, 27)), pytest.raises(ValidationError, match="会议还没有开"):
            finish_meeting(written, by=city_staff, version=written.version)
        written.attendees.all().delete()
        with pytest.raises(ValidationError, match="还没有登记参会岗位"):
            finish_meeting(written, by=city_staff, version=written.version)


class TestPack:
    def test_an_item_that_a_meeting_decided_comes_back_until_another_closes_it(
        self, meeting, programme, site, cadre, city_staff
    ):
        decided = raised(site, by=city_staff, source="meeting", meeting=meeting)
        later = NOON + timedelta(days=20)
        assert [(each.item, each.mark.word) for each in meeting_pack(programme, later).items] == [(decided, "逾期")]
        sent = submitted(decided, by=cadre)
        assert [each.mark.word for each in meeting_pack(programme, later).items] == ["已整改待复核"]
        with clock.set_to(NOON + timedelta(hours=1)):
            close_rectification(sent, by=city_staff, version=sent.version, note="核实")
        assert meeting_pack(programme, later).items == []

    def test_the_same_moment_gives_the_same_pack(self, programme, site, cadre, city_staff):
        item = raised(site, by=city_staff)
        before = meeting_pack(programme, NOON)
        with clock.set_to(NOON + timedelta(days=1)):
            sent = submitted(item, by=cadre)
            close_rectification(sent, by=city_staff, version=sent.version, note="核实")
            submit(site.reports.get(month=date(2026, 6, 1)), by=cadre)
        after = meeting_pack(programme, NOON)
        assert [(each.item.pk, each.mark) for each in after.items] == [(item.pk, ("待整改", "idle"))]
        assert [state.sentence for state in after.sites] == [state.sentence for state in before.sites]
        assert after.total == before.total

    def test_lights_say_why(self, programme, tree, cadre, county_reviewer, city_staff):
        only(programme, *OF_THE_PACK)
        set_rule(programme, "task_overdue", red=1)
        with clock.set_to(moment(6, 1)):
            site = approve_site(factories.site(programme, tree.village), by=city_staff)

        def light(at):
            (state,) = meeting_pack(programme, at).sites
            return state.mark.word, state.sentence

        assert light(moment(6, 2))[0] == "绿"
        assert light(moment(6, 28)) == ("黄", "6月月报逾期未报；“启动阶段任务”完成 0%，落后序时 93 个百分点。")
        assert light(moment(7, 2)) == ("红", "“启动阶段任务”应于6月30日完成，报告完成 0%；6月月报逾期未报。")
        june = site.reports.get(month=date(2026, 6, 1))
        with clock.set_to(moment(6, 24)):
            content = full_content(june, percent=100)
            content.done_on = dict.fromkeys(content.percents, date(2026, 6, 20))
            saved = save_report(june, by=cadre, version=june.version, content=content)
            sent = submit_report(saved, by=cadre, version=saved.version)
            passed = pass_report(sent, by=county_reviewer, version=sent.version)
            pass_report(passed, by=city_staff, version=passed.version)
        assert light(moment(7, 2))[0] == "绿"
        assert light(moment(8, 27))[1] == "7月、8月月报逾期未报。"

    def test_equal_rates_share_a_place(self, programme, site, tree, cadre, city_staff):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        pack = meeting_pack(programme, NOON)
        assert [(row.place, row.label) for row in pack.ranking] == [(1, "长丰县"), (1, "肥西县")]
        submit(site.reports.get(month=date(2026, 11, 1)), by=cadre)
        assert [(row.place, row.label) for row in ranked(meeting_pack(programme, NOON).board)] == [
            (1, "肥西县"),
            (2, "长丰县"),
        ]

    def test_the_same_queries_with_one_site_and_many(self, meeting, programme, tree, city_staff, login, count_queries):
        client, address = login(city_staff), f"{meeting.get_absolute_url()}pack/"
        raised(programme.sites.get(), by=city_staff)
        one = count_queries(lambda: client.get(address))
        for number in range(6):
            village = factories.organization(f"村{number}", level=tree.village.level, parent=tree.township)
            extra = approve_site(factories.site(programme, village), by=city_staff)
            raised(extra, by=city_staff)
        assert count_queries(lambda: client.get(address)) == one


class TestPages:
    def test_who_sees_what(self, meeting, request, login):
        address = meeting.get_absolute_url()

        def statuses(who):
            client = login(request.getfixturevalue(who))
            return [client.get(each).status_code for each in [LIST, address, f"{address}pack/", f"{address}edit/", ADD]]

        assert statuses("city_staff") == [200, 200, 200, 200, 404]
        assert statuses("leader") == statuses("auditor") == [200, 200, 200, 403, 403]
        assert statuses("county_reviewer") == [200, 200, 403, 403, 403]
        assert statuses("cadre") == statuses("system_admin") == [403] * 5

    def test_another_city_sees_nothing_of_it(self, meeting, tree, login):
        elsewhere = factories.organization("芜湖市", level=tree.city.level, parent=tree.province)
        stranger = factories.user("stranger", role=Role.CITY_STAFF, organization=elsewhere)
        address = meeting.get_absolute_url()
        client = login(stranger)
        pages = [client.get(f"{address}{part}") for part in ["", "pack/", "edit/", "circular/", "minutes/"]]
        assert {page.status_code for page in pages} == {404}
        assert client.post(f"{address}finish/").status_code == 404
        assert client.get(ADD, {"programme": meeting.programme_id}).status_code == 404

    def test_a_county_sees_its_own_decisions(self, meeting, site, city_staff, county_reviewer, other_reviewer, login):
        item = raised(site, by=city_staff, source="meeting", meeting=meeting)
        seen = [
            login(user).get(meeting.get_absolute_url()).context["decided"] for user in [county_reviewer, other_reviewer]
        ]
        assert [[each for each, _ in decided] for decided in seen] == [[item], []]

    def test_entered_decided_and_finished_by_the_pages(self, programme, site, tree, city_staff, login):
        client = login(city_staff)
        add = f"{ADD}?programme={programme.pk}&due={OCTOBER}"
        form = client.get(add).context["form"]
        assert form.initial["due_on"] == f"{OCTOBER}"
        assert [name for _, name in form.fields["attendees"].choices] == ["肥西县县级审核员", "山南镇填报员"]
        values = {
            "kind": "supervision",
            "due_on": f"{OCTOBER}",
            "held_on": "2026-10-28",
            "place": "市妇联",
            "chaired_by": "分管领导",
            "attendees": form.initial["attendees"],
            "pack_at": "2026-11-22T11:00",
            "agenda": "汇报",
            "version": "0",
        }
        refused = client.post(add, values | {"pack_at": "2026-11-22T13:00"})
        assert refused.context["form"].errors == {"pack_at": ["材料数据截至的时间不能晚于现在。"]}
        address = client.post(add, values)["Location"]
        meeting = Meeting.objects.get()
        item = {
            "found_on": "2026-10-28",
            "category": "money",
            "problem": "没有专账",
            "measure": "设专账",
            "workdays": "5",
        }
        post = f"{tree.township.pk}:cadre"
        raise_at = f"/rectifications/add/?meeting={meeting.pk}&site={site.pk}"
        assert client.post(raise_at, item | {"post": post})["Location"] == address
        assert client.post(f"{address}finish/", {"version": "1"}, follow=True).context["meeting"].finished_at is None
        edited = values | {"minutes": "汇报了", "requirements": "按时", "version": "1"}
        assert client.post(f"{address}edit/", edited)["Location"] == address
        assert client.post(f"{address}edit/", edited).status_code == 409
        done = client.post(f"{address}finish/", {"version": "2"}, follow=True).context
        assert done["meeting"].is_finished
        assert [each.problem for each, _ in done["decided"]] == ["没有专账"]

    def test_get_on_finish(self, meeting, city_staff, login):
        assert login(city_staff).get(f"{meeting.get_absolute_url()}finish/").status_code == 405
        assert login(city_staff).post(LIST).status_code == 405


def read(response) -> tuple[str, list[list[list[str]]]]:
    book = docx.Document(io.BytesIO(response.content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in book.tables]
    return "\n".join(paragraph.text for paragraph in book.paragraphs), tables


class TestPapers:
    def test_the_circular(self, written, site, city_staff, login):
        item = raised(site, by=city_staff, source="meeting", meeting=written)
        response = login(city_staff).get(f"{written.get_absolute_url()}circular/")
        words, (ranking, issues) = read(response)
        assert "%E9%80%9A%E6%8A%A5" in response["Content-Disposition"]
        for heading in ["一、基本情况", "二、主要成效", "三、存在问题", "四、下步要求"]:
            assert heading in words
        assert "关于2026年示例建设项目督查情况的通报" in words
        assert (
            "2026年10月28日，合肥市妇女联合会在市妇联三楼会议室召开督查汇报会，市妇联分管领导主持，1 个岗位参会"
            in words
        )
        assert f"1. {site}（肥西县）：红灯。" in words
        assert f"会议还指出：{site}：培训签到表缺 2 期" in words
        assert ranking[1][:3] == ["1", "肥西县", "6"]
        assert issues[1] == [
            *[item.number, str(site), "培训签到表缺 2 期", "资料", "山南镇", "补齐签到表并附照片", "2026-12-04"]
        ]

    def test_the_minutes_with_what_was_open_before(self, written, site, city_staff, login):
        old = new_item(site)
        with clock.set_to(NOON - timedelta(hours=1)):
            raise_rectification(old, by=city_staff)
        words, (hanging,) = read(login(city_staff).get(f"{written.get_absolute_url()}minutes/"))
        assert "2026年示例建设项目督查汇报会纪要" in words
        assert "参　会：肥西县县级审核员" in words
        assert "会议没有议定整改事项。" in words
        assert hanging[1] == [old.number, str(site), old.problem, "检查督查", "山南镇", "2026-12-04", "待整改"]

    def test_the_minutes_of_a_launch_meeting_have_no_pack(self, programme, city_staff, login):
        meeting = save_meeting(new_meeting(programme, kind="launch", due_on=None), posts=[], by=city_staff)
        words, tables = read(login(city_staff).get(f"{meeting.get_absolute_url()}minutes/"))
        assert ("动员会纪要" in words, tables) == (True, [])


@pytest.mark.django_db(transaction=True)
def test_of_many_who_enter_the_same_meeting_one_counts(programme, site, city_staff):
    def act(number: int):
        with clock.set_to(NOON):
            return save_meeting(new_meeting(programme, place=f"会议室 {number}"), posts=[], by=city_staff)

    answers = at_once(act)
    assert sum(isinstance(answer, ValidationError) for answer in answers) == PEOPLE - 1
    assert Meeting.objects.count() == 1
