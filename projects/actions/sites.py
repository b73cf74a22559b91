import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent, Level, Organization
from projects import rules
from projects.models import (
    CreationStandard,
    CreationType,
    MonthlyReport,
    Programme,
    ProjectSite,
    ScheduleItem,
    Stage,
    TaskTemplate,
)
from projects.states import SiteStatus

SITE_FIELDS = ["programme", "creation_type", "organization", "name", "leader_title", "province_amount"]
# What the list of divisions adds to a village's name: 小井庄村民委员会, 小井庄村委会, 春风社区居委会, 春风社区村民委员会.
COMMITTEE = re.compile(r"((?<=社区)村|居|(?<=村))民?委(员)?会$")
PLACE_NAMES = ["county_name", "township_name", "village_name"]


@transaction.atomic
def add_site(site: ProjectSite, *, by) -> ProjectSite:
    """Enter a proposed site. Raises ValidationError (by field) and PermissionDenied."""
    _check_entry(site, by=by)
    site.save(force_insert=True)
    AuditEvent.objects.record("新增项目点", site, by=by, organization=site.organization)
    return site


@transaction.atomic
def change_site(site: ProjectSite, *, by) -> ProjectSite:
    """Correct a site that isn't approved yet; its state is not touched. Raises ValidationError, PermissionDenied."""
    stored = _locked(site)
    _refuse_approved(stored)
    if not rules.can_manage_site(by, stored):
        raise PermissionDenied
    _check_entry(site, by=by)
    fields = [ProjectSite._meta.get_field(name) for name in SITE_FIELDS]
    changes = [
        str(field.verbose_name) for field in fields if getattr(stored, field.attname) != getattr(site, field.attname)
    ]
    site.save(update_fields=SITE_FIELDS + PLACE_NAMES)
    AuditEvent.objects.record("修改项目点", site, by=by, organization=site.organization, changes=changes)
    return site


@transaction.atomic
def remove_site(site: ProjectSite, *, by) -> None:
    """Take back a nomination. Raises ValidationError when the site is approved or has money, PermissionDenied."""
    site = _locked(site)
    _refuse_approved(site)
    if not rules.can_remove_site(by, site):
        raise PermissionDenied
    AuditEvent.objects.record("删除项目点", site, by=by, organization=site.organization)
    try:
        site.delete()
    except ProtectedError:
        raise ValidationError(f"“{site}”已登记了资金等资料，不能删除。") from None


def _check_entry(site: ProjectSite, *, by) -> None:
    if not rules.can_manage_site(by, site):
        raise PermissionDenied
    # One entry at a time per programme, so that the second of two equal ones is refused in words.
    Programme.objects.select_for_update(no_key=True).get(pk=site.programme_id)
    _write_place_names(site)
    site.name = site.name.strip() or _usual_name(site)
    site.full_clean()


def _usual_name(site: ProjectSite) -> str:
    """山南镇小井庄村: how papers call a site in a village; a base or workshop goes by its own name."""
    if site.organization.level == Level.UNIT:
        return site.organization.name
    return site.township_name + COMMITTEE.sub("", site.village_name)


def _refuse_approved(site: ProjectSite) -> None:
    if site.is_approved:
        raise ValidationError(f"“{site}”已批准，不能再修改或删除。")


def _locked(site: ProjectSite) -> ProjectSite:
    rows = ProjectSite.objects.select_for_update(of=("self",))
    return rows.select_related("programme__organization", "organization", "creation_type").get(pk=site.pk)


@transaction.atomic
def approve_site(site: ProjectSite, *, by) -> ProjectSite:
    """Approve a proposed site: freeze its names, make its schedule and its monthly report rows, once.

    Raises ValidationError when the site is approved already or its creation type's quota is used up, and
    PermissionDenied when `by` may not. S0: 示范村、社区各 9 个，皖嫂示范基地 1 个.
    """
    site = _locked(site)
    if site.is_approved:
        raise ValidationError(f"“{site}”已于 {timezone.localdate(site.approved_at)} 批准，不必重复批准。")
    if not rules.can_approve_site(by, site):
        raise PermissionDenied
    _refuse_beyond_quota(site)
    _write_place_names(site)
    site.status, site.approved_at, site.approved_by = SiteStatus.APPROVED, clock.now(), by
    site.standard = CreationStandard.objects.in_force(site.creation_type_id)
    site.save(update_fields=["status", "approved_at", "approved_by", "standard", *PLACE_NAMES])
    _make_schedule(site)
    _make_report_rows(site)
    AuditEvent.objects.record("批准项目点", site, by=by, organization=site.organization)
    return site


def _refuse_beyond_quota(site: ProjectSite) -> None:
    # The lock on the type lets two approvals at once count one after the other.
    kind = CreationType.objects.select_for_update().get(pk=site.creation_type_id)
    used = kind.approved_count
    if used >= kind.quota:
        raise ValidationError(f"{kind.name}的名额是 {kind.quota} 个，已批准 {used} 个，不能再批准“{site}”。")


def _write_place_names(site: ProjectSite) -> None:
    chain = Organization.objects.filter(pk__in=site.organization.ancestor_ids)
    names = {organization.level: organization.name for organization in chain}
    site.county_name = names.get(Level.COUNTY, "")
    site.township_name = names.get(Level.TOWNSHIP, "")
    site.village_name = site.organization.name


def _make_schedule(site: ProjectSite) -> None:
    templates = TaskTemplate.objects.filter(stage__programme=site.programme_id)
    wanted = [task for task in templates if task.creation_type_id in (None, site.creation_type_id)]
    for template in site.programme.stages.all():
        stage = Stage.objects.create(
            site=site, kind=template.kind, starts_on=template.starts_on, ends_on=template.ends_on
        )
        ScheduleItem.objects.bulk_create(
            ScheduleItem(
                stage=stage, name=task.name, starts_on=task.starts_on, due_on=task.due_on, position=task.position
            )
            for task in wanted
            if task.stage_id == template.pk
        )


def _make_report_rows(site: ProjectSite) -> None:
    programme = site.programme
    calendar = programme.due_rule.load_calendar()
    MonthlyReport.objects.bulk_create(
        MonthlyReport(site=site, month=month, due_at=programme.due_at(month, calendar)) for month in programme.months()
    )
