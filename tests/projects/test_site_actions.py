from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from organizations.models import AuditEvent
from projects.actions import approve_site, copy_programme
from projects.models import ProjectSite
from tests import factories

pytestmark = pytest.mark.django_db


def test_approval_makes_schedule_and_report_rows_and_freezes_names(site):
    assert [stage.get_kind_display() for stage in site.stages.all()] == ["启动阶段", "建设阶段", "验收阶段"]
    assert [item.name for stage in site.stages.all() for item in stage.items.all()] == [
        "启动阶段任务",
        "建设阶段任务",
        "验收阶段任务",
    ]
    reports = site.reports.order_by("month")
    assert [report.month.month for report in reports] == [6, 7, 8, 9, 10, 11, 12]
    assert reports[0].due_at == timezone.make_aware(datetime(2026, 6, 25, 18))
    assert (site.county_name, site.township_name, site.village_name) == ("肥西县", "山南镇", "小井庄村")
    assert AuditEvent.objects.about(site).get().action == "批准项目点"


def test_approval_happens_once(site, city_staff):
    with pytest.raises(ValidationError, match="不必重复批准"):
        approve_site(site, by=city_staff)
    assert site.reports.count() == 7


def test_tasks_of_another_creation_type_are_left_out(programme, tree, city_staff):
    stage = programme.stages.first()
    other = programme.creation_types.last()
    stage.tasks.create(name="家政实训室建设", creation_type=other, starts_on=stage.starts_on, due_on=stage.ends_on)
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    assert not site.stages.first().items.filter(name="家政实训室建设").exists()


def test_no_approval_beyond_the_quota(programme, tree, city_staff):
    kind = programme.creation_types.last()
    approve_site(factories.site(programme, tree.village, creation_type=kind), by=city_staff)
    second = factories.site(programme, tree.other_village, creation_type=kind)
    with pytest.raises(ValidationError, match="名额是 1 个，已批准 1 个"):
        approve_site(second, by=city_staff)
    assert not ProjectSite.objects.get(pk=second.pk).is_approved


def test_only_city_staff_approve(programme, tree, county_reviewer, cadre, leader):
    site = factories.site(programme, tree.village)
    for user in [county_reviewer, cadre, leader]:
        with pytest.raises(PermissionDenied):
            approve_site(site, by=user)


def test_reports_due_in_the_following_month(programme):
    programme.due_kind, programme.report_due_day = "next_month", 5
    assert programme.due_at(date(2026, 12, 1)) == timezone.make_aware(datetime(2027, 1, 5, 18))


def test_next_years_copy_has_the_same_rules_and_moved_dates(programme, city_staff):
    stage = programme.stages.last()
    kind = programme.creation_types.last()
    stage.tasks.create(name="迎接省级验收", creation_type=kind, starts_on=stage.starts_on, due_on=stage.ends_on)
    copy = copy_programme(programme, year=2027, by=city_staff)
    assert (copy.name, copy.province_amount) == ("2027年示例建设项目", Decimal("30000"))
    assert copy.months()[0] == date(2027, 6, 1)
    assert [(kind.name, kind.quota) for kind in copy.creation_types.all()] == [
        ("示范村", 9),
        ("示范社区", 9),
        ("皖嫂示范基地", 1),
    ]
    copied = copy.stages.last().tasks.get(name="迎接省级验收")
    assert copied.due_on == date(2027, 12, 31)
    assert copied.creation_type.programme == copy
    assert copy.measures.count() == 3
    assert programme.measures.count() == 3


def test_a_second_copy_of_the_same_year_is_refused(programme, city_staff):
    copy_programme(programme, year=2027, by=city_staff)
    with pytest.raises(ValidationError, match="已有同名的批次"):
        copy_programme(programme, year=2027, by=city_staff)
