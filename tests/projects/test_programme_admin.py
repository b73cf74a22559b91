from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from organizations.models import AuditEvent, Level, Role
from projects.actions import Filing, add_to_archive, approve_site
from projects.models import Programme
from projects.models.fieldwork import KINDS
from projects.states import StageKind
from tests import factories
from tests.projects.conftest import submit

pytestmark = pytest.mark.django_db
LIST = "/admin/projects/programme/"


def page_of(programme) -> str:
    return reverse("admin:projects_programme_change", args=[programme.pk])


def stage_page(stage) -> str:
    return reverse("admin:projects_programmestage_change", args=[stage.pk])


def rows(prefix: str, *, initial: list[dict], new: list[dict] = ()) -> dict:
    """What a browser posts for an inline."""
    data = {f"{prefix}-TOTAL_FORMS": len(initial) + len(new), f"{prefix}-INITIAL_FORMS": len(initial)}
    for number, row in enumerate([*initial, *new]):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def stored(queryset, *names: str) -> list[dict]:
    return [{"id": row.pk, **{name: getattr(row, name) for name in names}} for row in queryset]


def stored_categories(programme) -> list[dict]:
    names = ["position", "name", "retention", "source", "minimum", "from_stage"]
    categories = programme.archive_categories.all()
    required = [[kind.pk for kind in category.required_for.all()] for category in categories]
    return [row | {"required_for": pks} for row, pks in zip(stored(categories, *names), required, strict=True)]


def posted(programme=None, **changes) -> dict:
    """The programme's page as it stands; inlines and fields can be replaced."""
    data = {
        "name": "2026年示例建设项目",
        "year": "2026",
        "document_number": "",
        "legal_basis": "",
        "province_amount": "3万元",
        "fund_source": "province",
        "fund_name": "省级专项资金",
        "matching_floor": "10,000",
        "matching_ratio": "1",
        "first_month": "2026-06",
        "last_month": "2026-12",
        "due_kind": "this_month",
        "report_due_day": "25",
        "meeting_interval": "2",
        "log_edit_days": "3",
        "log_every_days": "7",
        "review_chain": "county_city",
        "has_monthly_visits": "on",
    }
    if programme:
        data |= {"document_number": programme.document_number, "issued_on": programme.issued_on}
        data |= rows("creation_types", initial=stored(programme.creation_types.all(), "name", "quota", "position"))
        data |= rows("stages", initial=stored(programme.stages.all(), "kind", "starts_on", "ends_on"))
        for name in ["activity_kinds", "channels"]:
            data |= rows(name, initial=stored(getattr(programme, name).all(), "name", "position"))
        data["activity_kinds-0-is_training"] = "on"
        names = ["section", "name", "unit", "source", "tolerance", "position"]
        data |= rows("measures", initial=stored(programme.measures.all(), *names))
        data |= rows("archive_categories", initial=stored_categories(programme))
    return data | changes


def new_programme(tree, **changes) -> dict:
    windows = {StageKind.LAUNCH: (6, 6), StageKind.BUILD: (7, 11), StageKind.ACCEPT: (12, 12)}
    stages = [
        {"kind": kind, "starts_on": f"2026-{first:02}-01", "ends_on": f"2026-{last:02}-30"}
        for kind, (first, last) in windows.items()
    ]
    data = posted(organization=tree.city.pk, **changes)
    data |= rows("creation_types", initial=[], new=[{"name": "示范村", "quota": 9, "position": 1}])
    data |= rows("stages", initial=[], new=stages)
    measure = {"section": "money", "name": "本月支出", "unit": "元", "source": "typed", "position": 1}
    data |= rows("measures", initial=[], new=[measure])
    data |= rows("activity_kinds", initial=[]) | rows("channels", initial=[])
    return data


def errors(response) -> str:
    return response.content.decode()


def test_city_staff_set_up_a_programme(login, city_staff, tree):
    response = login(city_staff).post(f"{LIST}add/", new_programme(tree))
    assert response.status_code == 302, response.context["errors"]
    programme = Programme.objects.get()
    assert (programme.organization, programme.province_amount) == (tree.city, Decimal("30000"))
    assert (programme.first_month, programme.last_month) == (date(2026, 6, 1), date(2026, 12, 1))
    assert [stage.kind for stage in programme.stages.all()] == ["launch", "build", "accept"]
    assert [(kind.name, kind.quota) for kind in programme.creation_types.all()] == [("示范村", 9)]
    assert AuditEvent.objects.about(programme).get().action == "新增年度批次"


def test_a_new_programme_offers_the_usual_kinds_and_channels(login, city_staff, tree):
    own = rows("channels", initial=[], new=[{"name": "村广播", "position": 1}])
    login(city_staff).post(f"{LIST}add/", new_programme(tree) | own)
    programme = Programme.objects.get()
    assert [kind.name for kind in programme.activity_kinds.all()] == KINDS
    assert [channel.name for channel in programme.channels.all()] == ["村广播"]


def test_a_measure_is_counted_from_records(login, city_staff, programme):
    measure, kind = programme.measures.get(unit="场次"), programme.activity_kinds.first()
    change = {"measures-0-source": "sessions", "measures-0-kind": kind.pk}
    assert login(city_staff).post(page_of(programme), posted(programme) | change).status_code == 302
    measure.refresh_from_db()
    assert (measure.source, measure.kind) == ("sessions", kind)
    refused = login(city_staff).post(page_of(programme), posted(programme) | change | {"measures-0-kind": ""})
    assert "按活动计数的要选哪类活动" in errors(refused)


def test_a_kind_in_use_stays(login, city_staff, programme):
    kind = factories.counted(programme.measures.get(unit="场次"), "sessions", "教育培训").kind
    data = posted(programme) | {"measures-0-kind": kind.pk, "activity_kinds-0-DELETE": "on"}
    response = login(city_staff).post(page_of(programme), data)
    assert "活动类别“教育培训”已在使用，不能删除。" in errors(response)


def test_kinds_of_another_programme_are_not_offered(login, city_staff, programme, tree):
    other = factories.programme(tree.city, name="另一批").activity_kinds.first()
    assert f'<option value="{other.pk}"' not in login(city_staff).get(page_of(programme)).content.decode()


def test_the_new_page_offers_the_own_city_and_the_three_stages(login, city_staff, tree):
    page = login(city_staff).get(f"{LIST}add/").content.decode()
    assert page.count('type="month"') == 2
    assert f'<option value="{tree.city.pk}" selected>' in page
    assert f'<option value="{tree.county.pk}"' not in page
    for kind in StageKind:
        assert f'<option value="{kind}" selected>' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_month": "2026-13"}, "请填写年月，如 2026-06。"),
        ({"last_month": "2026-05"}, "月报截止月不能早于起始月。"),
        ({"last_month": "9999-12"}, "月报起止月最多跨 36 个月"),
        ({"last_month": "2029-06"}, "月报起止月最多跨 36 个月"),
        ({"first_month": "2062-06", "last_month": "2062-12"}, "月报起始月应在批次年度或前后一年之内"),
        ({"year": "2206"}, "2100"),
        ({"province_amount": "很多"}, "“很多”不是数字"),
        ({"report_due_day": "31"}, "28"),
    ],
)
def test_errors_are_in_chinese(login, city_staff, tree, changes, sentence):
    response = login(city_staff).post(f"{LIST}add/", new_programme(tree) | changes)
    assert sentence in errors(response)
    assert not Programme.objects.exists()


def test_three_years_are_not_too_long(login, city_staff, tree):
    response = login(city_staff).post(f"{LIST}add/", new_programme(tree, last_month="2029-05"))
    assert response.status_code == 302, response.context["errors"]
    assert len(Programme.objects.get().months()) == 36


def test_a_months_text_is_understood(login, city_staff, tree):
    login(city_staff).post(f"{LIST}add/", new_programme(tree, first_month="２０２６年６月"))
    assert Programme.objects.get().first_month == date(2026, 6, 1)


def test_unchanged_page_saves_and_names_nothing_changed(login, city_staff, programme):
    response = login(city_staff).post(page_of(programme), posted(programme))
    assert response.status_code == 302, response.context["errors"]
    assert AuditEvent.objects.about(programme).get().detail == {"changes": []}


def test_a_type_in_use_stays(login, city_staff, programme, site):
    kind = site.creation_type
    data = posted(programme) | {"creation_types-0-DELETE": "on"}
    response = login(city_staff).post(page_of(programme), data)
    assert "创建类型“示范村”已在使用，不能删除。" in errors(response)
    assert programme.creation_types.filter(pk=kind.pk).exists()


def test_a_type_nobody_uses_may_go(login, city_staff, programme):
    login(city_staff).post(page_of(programme), posted(programme) | {"creation_types-2-DELETE": "on"})
    assert [kind.name for kind in programme.creation_types.all()] == ["示范村", "示范社区"]


def test_a_measure_with_figures_and_a_stage_with_tasks_stay(login, city_staff, cadre, programme, report):
    submit(report, by=cadre)
    data = posted(programme) | {"measures-0-DELETE": "on", "stages-0-DELETE": "on"}
    page = errors(login(city_staff).post(page_of(programme), data))
    assert "月报指标“教育培训（场次）”已在使用，不能删除。" in page
    assert "已在使用，不能删除。" in page.split("阶段“")[1]
    assert (programme.measures.count(), programme.stages.count()) == (3, 3)


def test_no_quota_below_what_is_approved(login, city_staff, programme, site):
    data = posted(programme) | {"creation_types-0-quota": "0"}
    assert "已批准 1 个示范村，名额不能少于 1 个。" in errors(login(city_staff).post(page_of(programme), data))


def test_a_window_does_not_leave_tasks_outside(login, city_staff, programme):
    data = posted(programme) | {"stages-0-ends_on": "2026-06-15"}
    assert "不在阶段之内，请先修改任务的日期。" in errors(login(city_staff).post(page_of(programme), data))


def test_the_page_says_what_approved_sites_keep(login, city_staff, programme, site):
    assert "本批次已批准 1 个项目点" in login(city_staff).get(page_of(programme)).content.decode()


TASK_FIELDS = ["position", "name", "starts_on", "due_on", "rhythm", "anchor", "owner", "evidence_count"]


def test_tasks_and_outputs_of_a_stage(login, city_staff, programme):
    stage, kind = programme.stages.first(), programme.creation_types.last()
    usual = {"rhythm": "weekly", "anchor": "stage", "owner": "township", "evidence": "值班记录", "evidence_count": 0}
    new = usual | {"position": 2, "name": "开放值班", "creation_type": kind.pk, "starts_on": "2026-06-01"}
    data = {"starts_on": stage.starts_on, "ends_on": stage.ends_on} | rows(
        "tasks", initial=stored(stage.tasks.all(), *TASK_FIELDS), new=[new | {"due_on": "2026-06-20"}]
    )
    wanted = {"name": "制定方案", "proof": "tasks", "parameter": "方案", "position": 1}
    response = login(city_staff).post(stage_page(stage), data | rows("outputs", initial=[], new=[wanted]))
    assert response.url == page_of(programme)
    task = stage.tasks.get(name="开放值班")
    assert (task.creation_type, task.rhythm, task.owner) == (kind, "weekly", "township")
    assert [(each.name, each.proof) for each in stage.outputs.all()] == [("制定方案", "tasks")]
    assert AuditEvent.objects.about(stage).get().action == "修改阶段"
    page = login(city_staff).get(f"/programmes/{programme.pk}/").content.decode()
    assert '开放值班 <span class="tag">每周</span>' in page
    assert "阶段产出：制定方案（任务完成）" in page


def test_a_task_outside_its_stage_or_of_a_foreign_type_is_refused(login, city_staff, programme, tree):
    stage = programme.stages.first()
    foreign = factories.programme(tree.city, year=2027).creation_types.first()
    new = {"position": 2, "name": "越界", "starts_on": "2026-06-01", "due_on": "2026-07-20"}
    data = {"starts_on": stage.starts_on, "ends_on": stage.ends_on}
    late = login(city_staff).post(stage_page(stage), data | rows("tasks", initial=[], new=[new]))
    assert "任务的起止日期应在所属阶段之内。" in errors(late)
    other = new | {"due_on": "2026-06-20", "creation_type": foreign.pk}
    login(city_staff).post(stage_page(stage), data | rows("tasks", initial=[], new=[other]))
    assert stage.tasks.count() == 1


def test_the_stage_page_reads_the_types_once(login, city_staff, programme, django_assert_num_queries, count_queries):
    stage, client = programme.stages.first(), login(city_staff)
    one = count_queries(lambda: client.get(stage_page(stage)))
    for number in range(29):
        stage.tasks.create(name=f"任务{number}", starts_on=stage.starts_on, due_on=stage.ends_on)
    assert count_queries(lambda: client.get(stage_page(stage))) == one


def test_list_counts_sites_in_the_same_number_of_queries(login, city_staff, programme, tree, count_queries):
    approve_site(factories.site(programme, tree.village), by=city_staff)
    factories.site(programme, tree.far_village)
    client = login(city_staff)
    one = count_queries(lambda: client.get(LIST))
    page = client.get(LIST).content.decode()
    for name, value in [("quotas", 19), ("approved", 1), ("proposed", 1)]:
        assert f'class="field-{name}">{value}<' in page
    for year in range(2027, 2056):
        factories.programme(tree.city, year=year)
    assert count_queries(lambda: client.get(LIST)) == one


def test_a_county_counts_its_own_sites(login, other_reviewer, city_staff, programme, tree):
    approve_site(factories.site(programme, tree.village), by=city_staff)
    assert 'class="field-approved">0<' in login(other_reviewer).get(LIST).content.decode()


def test_the_programmes_page_counts_as_the_list_does(login, other_reviewer, city_staff, programme, site):
    assert login(city_staff).get(page_of(programme)).context["approved_count"] == 1
    assert login(other_reviewer).get(page_of(programme)).context["approved_count"] == 0


@pytest.mark.parametrize("role", ["county_reviewer", "auditor"])
def test_readers_see_and_change_nothing(login, request, role, programme):
    client = login(request.getfixturevalue(role))
    assert client.get(page_of(programme)).status_code == 200
    assert client.post(page_of(programme), posted(programme)).status_code == 403
    assert client.post(f"{LIST}add/", posted()).status_code == 403
    assert client.get(stage_page(programme.stages.first())).status_code == 200
    assert client.post(stage_page(programme.stages.first()), {}).status_code == 403
    assert client.post(reverse("admin:projects_programme_copy", args=[programme.pk]), {"year": 2027}).status_code == 403


def test_another_city_sees_nothing(login, tree, programme):
    far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province, code="340200000000")
    client = login(factories.user("far", role=Role.CITY_STAFF, organization=far))
    assert programme.name not in client.get(LIST).content.decode()
    for address in [page_of(programme), stage_page(programme.stages.first())]:
        assert client.get(address).status_code == 404
        assert client.post(address, posted(programme)).status_code == 404
    copy = reverse("admin:projects_programme_copy", args=[programme.pk])
    assert client.post(copy, {"year": 2027}).status_code == 404
    assert Programme.objects.count() == 1


def test_the_citys_staff_read_the_provinces_programme(login, tree, city_staff):
    above = factories.programme(tree.province)
    client = login(city_staff)
    assert client.get(page_of(above)).status_code == 200
    assert client.post(page_of(above), posted(above)).status_code == 403


def test_copying_asks_for_the_year_and_then_copies(login, city_staff, programme):
    address, client = reverse("admin:projects_programme_copy", args=[programme.pk]), login(city_staff)
    page = client.get(address).content.decode()
    assert 'value="2027"' in page
    assert Programme.objects.count() == 1
    factories.counted(programme.measures.get(unit="场次"), "sessions", "教育培训")
    response = client.post(address, {"year": "2027"})
    copy = Programme.objects.get(year=2027)
    assert response.url == page_of(copy)
    assert copy.measures.get(unit="场次").kind == copy.activity_kinds.get(name="教育培训")
    assert copy.channels.count() == programme.channels.count()
    assert "本单位已有同名的批次。" in errors(client.post(address, {"year": "2027"}))
    assert client.post(address, {"year": "没有"}).status_code == 200
    assert Programme.objects.count() == 2


def test_nobody_deletes_a_programme(login, city_staff, programme):
    address = reverse("admin:projects_programme_delete", args=[programme.pk])
    assert login(city_staff).post(address, {"post": "yes"}).status_code == 403


def test_the_cadre_has_no_desk(login, cadre, programme):
    assert login(cadre).get(LIST).status_code == 403


def test_archive_categories_are_required_of_types_and_a_type_may_go_with_its_marks(login, city_staff, programme):
    data = posted(programme)
    base = programme.creation_types.last()
    data |= {"archive_categories-0-required_for": [base.pk], "archive_categories-0-name": "申报和摸底"}
    assert login(city_staff).post(page_of(programme), data).status_code == 302
    category = programme.archive_categories.get(position=1)
    assert (category.name, list(category.required_for.all())) == ("申报和摸底", [base])
    data = posted(programme) | {"creation_types-2-DELETE": "on", "archive_categories-0-minimum": 2}
    assert login(city_staff).post(page_of(programme), data).status_code == 302
    category.refresh_from_db()
    assert (category.minimum, list(category.required_for.all())) == (2, [])


def test_two_archive_categories_change_places_and_one_in_use_stays(login, city_staff, programme, site, cadre):
    names = [each.name for each in programme.archive_categories.all()[:2]]
    data = posted(programme) | {"archive_categories-0-position": 2, "archive_categories-1-position": 1}
    response = login(city_staff).post(page_of(programme), data)
    assert response.status_code == 302, response.context["errors"]
    assert [each.name for each in programme.archive_categories.all()[:2]] == names[::-1]
    filing = Filing(programme.archive_categories.first(), None)
    add_to_archive(site, by=cadre, filing=filing, received=[factories.received()])
    page = errors(login(city_staff).post(page_of(programme), posted(programme) | {"archive_categories-0-DELETE": "on"}))
    assert f"备查资料目录“{names[1]}”已在使用，不能删除。" in page
