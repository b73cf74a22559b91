"""Trainings: numbers that are kept apart, posts that are invited, and which heads and secretaries were reached."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from organizations.models import AuditEvent, Level
from projects.actions import add_record, approve_site, record_attendance, remove_training, save_training
from projects.models import AttendeeKind, Training, TrainingAttendee
from projects.trainings import by_level, coverage
from tests import factories
from tests.projects.fieldnotes import DAY, held_training, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def far_site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.far_village), by=city_staff)


@pytest.fixture
def training(programme, site, far_site, city_staff) -> Training:
    return held_training(programme, by=city_staff)


def results(training, **of_kind) -> dict:
    """{id: (present, score)} with the given one for each post of a kind."""
    return {row.pk: of_kind.get(row.kind, (True, None)) for row in training.attendees.all()}


class TestNumbers:
    def test_person_times_are_summed_and_persons_are_not(self, programme, training, city_staff, site):
        more = [session(), session(half_day="b", topic="进度和安排", person_times=58)]
        held_training(programme, by=city_staff, title="再培训", sessions=more, persons=61)
        rows = list(Training.objects.with_numbers().order_by("pk"))
        assert [(row.session_count, row.person_times, row.persons) for row in rows] == [(1, 60, 55), (2, 118, 61)]
        city, own = by_level(rows, [site])
        assert (city.label, city.trainings, city.sessions, city.person_times) == ("市级", 2, 3, 178)
        assert (own.label, own.sessions) == ("项目点自办", 0)

    def test_more_persons_than_person_times_cannot_be(self, programme, site, city_staff):
        with pytest.raises(ValidationError, match="参训人数 61 多于各期次人次之和 60"):
            held_training(programme, by=city_staff, persons=61)
        assert not Training.objects.exists()

    def test_what_a_site_teaches_itself_comes_from_its_activities(self, site, cadre):
        add_record(factories.activity(site, DAY, sessions=2, person_times=40), by=cadre)
        add_record(factories.activity(site, DAY, kind="关爱救助", sessions=9), by=cadre)
        assert [(row.trainings, row.sessions, row.person_times) for row in by_level([], [site])] == [(1, 2, 40)]

    def test_sessions_lie_in_the_days(self, programme, site, city_staff):
        with pytest.raises(ValidationError, match="期次的日期要在"):
            held_training(programme, by=city_staff, sessions=[session(date(2026, 11, 17))])
        with pytest.raises(ValidationError, match="只列一次"):
            held_training(programme, by=city_staff, sessions=[session(), session()])
        with pytest.raises(ValidationError, match="到时再填"):
            held_training(programme, by=city_staff, first_on=date(2026, 12, 1), last_on=date(2026, 12, 2), sessions=[])


class TestWriting:
    def test_the_posts_of_a_kind_are_invited_together(self, training):
        kinds = training.attendees.values_list("kind", "site__name")
        assert sorted(kinds) == [
            ("head", "吴山镇桥冲村"),
            ("head", "山南镇小井庄村"),
            ("secretary", "吴山镇桥冲村"),
            ("secretary", "山南镇小井庄村"),
        ]

    def test_changed_kinds_leave_the_others_as_they_are(self, training, city_staff):
        record_attendance(training, results=results(training, head=(True, Decimal(90))), by=city_staff, version=1)
        training.refresh_from_db()
        save_training(training, sessions=[session()], kinds=["head", "county", "chair"], by=city_staff)
        rows = training.attendees.values_list("kind", "organization__name", "score")
        assert sorted(rows, key=str) == [
            ("chair", "合肥市", None),
            ("county", "肥西县", None),
            ("county", "长丰县", None),
            ("head", None, Decimal(90)),
            ("head", None, Decimal(90)),
        ]
        event = AuditEvent.objects.about(training).order_by("pk").last()
        assert (event.action, event.detail) == ("修改培训", {"first_on": "2026-11-16"})

    def test_the_county_enters_its_own(self, programme, site, far_site, county_reviewer, city_staff, training):
        made = held_training(programme, by=county_reviewer, level="county", title="县级培训")
        assert {row.site for row in made.attendees.all()} == {site}
        with pytest.raises(PermissionDenied):
            held_training(programme, by=county_reviewer, level="city", title="冒名")
        with pytest.raises(PermissionDenied):
            remove_training(training, by=county_reviewer, version=1)

    @pytest.mark.parametrize("who", ["cadre", "leader", "auditor"])
    def test_nobody_else(self, who, programme, site, training, request):
        other = request.getfixturevalue(who)
        for act in [
            lambda: held_training(programme, by=other),
            lambda: record_attendance(training, results={}, by=other, version=1),
            lambda: remove_training(training, by=other, version=1),
        ]:
            with pytest.raises(PermissionDenied):
                act()

    def test_stale_and_twice(self, programme, training, city_staff):
        with pytest.raises(ValidationError, match="已经登记过同名"):
            held_training(programme, by=city_staff)
        with pytest.raises(ValidationError, match="又有改动"):
            record_attendance(training, results=results(training), by=city_staff, version=0)
        remove_training(training, by=city_staff, version=1)
        with pytest.raises(ValidationError, match="已经移除"):
            record_attendance(training, results=results(training), by=city_staff, version=1)

    def test_the_database_keeps_scores_honest(self, training):
        row = training.attendees.first()
        for fields in [{"is_present": False, "score": 80}, {"score": 101}, {"organization": training.organization}]:
            with pytest.raises(IntegrityError), transaction.atomic():
                TrainingAttendee.objects.filter(pk=row.pk).update(**fields)


class TestCoverage:
    def test_gaps_are_named(self, training, programme, site, far_site, city_staff):
        marked = results(training)
        absent = training.attendees.get(site=far_site, kind="secretary")
        marked[absent.pk] = (False, None)
        record_attendance(training, results=marked, by=city_staff, version=1)
        found = coverage([site, far_site], programme)
        assert found.shares == [("项目点负责人", 2, 2), ("村（社区）书记", 1, 2), ("两岗都培训的项目点", 1, 2)]
        assert found.gaps == ["吴山镇桥冲村 村（社区）书记"]

    def test_only_what_was_held_and_stands_counts(self, programme, site, city_staff):
        later = {"first_on": date(2026, 12, 1), "last_on": date(2026, 12, 1), "persons": 0, "sessions": []}
        held_training(programme, by=city_staff, **later)
        assert coverage([site], programme).share(AttendeeKind.HEAD) == (0, 1)
        held = held_training(programme, by=city_staff, title="推进会")
        assert coverage([site], programme).share(AttendeeKind.HEAD) == (1, 1)
        remove_training(held, by=city_staff, version=1)
        assert coverage([site], programme).share(AttendeeKind.HEAD) == (0, 1)

    def test_a_base_has_no_secretary(self, programme, tree, city_staff):
        base = factories.organization("皖嫂基地", level=Level.UNIT, parent=tree.township)
        at_base = approve_site(factories.site(programme, base), by=city_staff)
        held_training(programme, by=city_staff)
        found = coverage([at_base], programme)
        assert (found.shares[1], found.rows[0].is_complete) == (("村（社区）书记", 0, 0), True)


def posted(**fields) -> dict:
    given = {
        "level": "city",
        "title": "推进会",
        "first_on": "2026-11-16",
        "last_on": "2026-11-17",
        "place": "会议厅",
        "topics": ["meaning", "measures"],
        "invited": ["head"],
        "persons": "４５人",
        "version": "0",
        "session-TOTAL_FORMS": "3",
        "session-INITIAL_FORMS": "0",
        "session-0-held_on": "2026-11-16",
        "session-0-half_day": "a",
        "session-0-topic": "政策解读",
        "session-0-person_times": "45",
    }
    return given | fields


class TestPages:
    def test_entered_and_put_right(self, login, city_staff, programme, site):
        client = login(city_staff)
        address = f"/trainings/add/?programme={programme.pk}"
        refused = client.post(address, posted(persons="50"))
        assert (refused.status_code, "参训人数 50 多于" in refused.content.decode()) == (422, True)
        assert client.post(address, {"title": "x"}).status_code == 422
        made = client.post(address, posted(), follow=True).context["training"]
        assert (made.topic_names, made.person_times, made.persons) == (["意义", "措施和要求"], 45, 45)
        changes = posted(version="1", persons="80") | {
            "session-INITIAL_FORMS": "1",
            "session-0-DELETE": "on",
            "session-1-held_on": "2026-11-17",
            "session-1-half_day": "b",
            "session-1-topic": "经验交流",
            "session-1-person_times": "80",
        }
        client.post(f"{made.get_absolute_url()}edit/", changes)
        assert [row.topic for row in made.sessions.all()] == ["经验交流"]

    def test_who_came(self, login, city_staff, training):
        client, page = login(city_staff), f"{training.get_absolute_url()}attendance/"
        first, *rest = training.attendees.all()
        body = {"version": 1, f"present_{first.pk}": "on", f"score_{first.pk}": "92.5分"}
        refused = client.post(page, body | {f"score_{rest[0].pk}": "60"})
        assert (refused.status_code, "没有到会，不能有成绩" in refused.content.decode()) == (422, True)
        shown = client.post(page, body, follow=True).context["training"]
        assert (shown.present, shown.average) == (1, Decimal("92.5"))

    def test_a_county_sees_its_own_posts(self, login, county_reviewer, cadre, training, site):
        for user in [county_reviewer, cadre]:
            page = login(user).get(training.get_absolute_url())
            assert {row.site for row in page.context["attendees"]} == {site}
        rows = login(county_reviewer).get("/trainings/coverage/").context["coverage"].rows
        assert [row.site for row in rows] == [site]

    def test_papers(self, login, city_staff, training):
        client = login(city_staff)
        ledger = sheet(client.get("/trainings/excel/"))
        assert [ledger["A5"].value, *[cell.value for cell in ledger["G"][3:4]], 60] == ["合计", 1, 60]
        assert ledger["G5"].value == "=SUM(G4:G4)"
        signing = sheet(client.get(f"{training.get_absolute_url()}sign-in/"))
        assert (signing["A1"].value, signing["C4"].value) == ("项目推进培训签到表", "项目点负责人")
        covered = sheet(client.get("/trainings/coverage/excel/"))
        assert "没有培训到的岗位：无。" in [row[0].value for row in covered.iter_rows()]

    def test_the_number_of_queries(self, login, city_staff, programme, tree, training, count_queries):
        client = login(city_staff)
        pages = ["/trainings/", "/trainings/coverage/", "/trainings/excel/", training.get_absolute_url()]
        few = [count_queries(lambda page=page: client.get(page)) for page in pages]
        programme.creation_types.update(quota=99)
        for number in range(5):
            village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
            approve_site(factories.site(programme, village), by=city_staff)
            held_training(programme, by=city_staff, title=f"培训 {number}")
        save_training(training, sessions=[session()], kinds=["head", "secretary"], by=city_staff)
        assert [count_queries(lambda page=page: client.get(page)) for page in pages] == few


def sheet(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active
