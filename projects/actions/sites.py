import re
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from fedwork import clock
from organizations.calendar import Calendar, load_calendar
from organizations.models import AuditEvent, Level, Organization
from projects import rules
from projects.actions.nomination_log import (
    locked_site,
    move_on,
    nomination_of,
    refuse_future,
    refuse_moved_on,
    refuse_unless,
    write_step,
)
from projects.models import (
    CreationStandard,
    CreationType,
    MonthlyReport,
    Nomination,
    NominationVerb,
    Programme,
    ProjectSite,
    ScheduleItem,
    Stage,
    TaskTemplate,
)
from projects.schedule.materialise import items_of
from projects.states import SiteStatus

SITE_FIELDS = ["programme", "creation_type", "organization", "name", "leader_title", "province_amount"]
# What a nomination that is under way is judged by: it goes back before these change.
FIXED_ON_THE_WAY = ["programme", "creation_type", "organization"]
# What the list of divisions adds to a village's name: 小井庄村民委员会, 小井庄村委会, 春风社区居委会, 春风社区村民委员会.
COMMITTEE = re.compile(r"((?<=社区)村|居|(?<=村))民?委(员)?会$")
PLACE_NAMES = ["county_name", "township_name", "village_name"]


@transaction.atomic
def add_site(site: ProjectSite, *, by) -> ProjectSite:
    """Enter a proposed site. Raises ValidationError (by field) and PermissionDenied."""
    if not rules.can_manage_site(by, site):
        raise PermissionDenied
    check_entry(site)
    site.save(force_insert=True)
    Nomination.objects.create(site=site)
    AuditEvent.objects.record("新增项目点", site, by=by, organization=site.organization)
    return site


@transaction.atomic
def change_site(site: ProjectSite, *, by) -> ProjectSite:
    """Correct a site that isn't approved yet; its state is not touched. Raises ValidationError, PermissionDenied."""
    stored = locked_site(site)
    _refuse_settled(stored)
    if not rules.can_manage_site(by, stored) or not rules.can_manage_site(by, site):
        raise PermissionDenied
    changed = [name for name in SITE_FIELDS if getattr(stored, name) != getattr(site, name)]
    if stored.status != SiteStatus.PROPOSED and (fixed := [name for name in FIXED_ON_THE_WAY if name in changed]):
        told = f"这份申报正在“{stored.get_status_display()}”，退回以后才能改。"
        raise ValidationError(dict.fromkeys(fixed, told))
    check_entry(site)
    site.save(update_fields=SITE_FIELDS + PLACE_NAMES)
    move_on(nomination_of(site), stored.status)
    changes = [str(ProjectSite._meta.get_field(name).verbose_name) for name in changed]
    AuditEvent.objects.record("修改项目点", site, by=by, organization=site.organization, changes=changes)
    return site


@transaction.atomic
def remove_site(site: ProjectSite, *, by) -> None:
    """Take back an entry. Raises ValidationError when it was submitted, approved or has money; PermissionDenied."""
    site = locked_site(site)
    _refuse_settled(site)
    if not rules.can_remove_site(by, site):
        raise PermissionDenied
    if site.status != SiteStatus.PROPOSED or site.nomination_steps.exists():
        raise ValidationError(f"“{site}”已提交过申报，办理记录要留存，不能删除；不再申报的，在申报页面办理“不予通过”。")
    AuditEvent.objects.record("删除项目点", site, by=by, organization=site.organization)
    try:
        site.delete()
    except ProtectedError:
        raise ValidationError(f"“{site}”已登记了资金等资料，不能删除。") from None


def check_entry(site: ProjectSite) -> None:
    """What a site is called, and whether it can be one; for a site that is not approved yet."""
    # One entry at a time per programme, so that the second of two equal ones is refused in words.
    Programme.objects.select_for_update(no_key=True).get(pk=site.programme_id)
    write_place_names(site)
    site.name = site.name.strip() or _usual_name(site)
    site.full_clean()


def _usual_name(site: ProjectSite) -> str:
    """山南镇小井庄村: how papers call a site in a village; a base or workshop goes by its own name."""
    if site.organization.level == Level.UNIT:
        return site.organization.name
    return site.township_name + COMMITTEE.sub("", site.village_name)


def _refuse_settled(site: ProjectSite) -> None:
    if site.is_settled:
        raise ValidationError(f"“{site}”{site.get_status_display()}，不能再修改或删除。")


@transaction.atomic
def approve_site(
    site: ProjectSite,
    *,
    by,
    document_number: str = "",
    decided_on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> ProjectSite:
    """Record the province's approval of a checked site: freeze its names, make its schedule and the report rows that it
    owes, once. Number and date of the decision are the programme's own where nothing is said.

    Raises ValidationError when the site is approved already, a step is missing or its creation type's quota is used
    up, and PermissionDenied when `by` may not. S0: 示范村、社区各 9 个，皖嫂示范基地 1 个.
    """
    site = locked_site(site)
    if site.is_approved:
        raise ValidationError(f"“{site}”已于 {timezone.localdate(site.approved_at)} 批准，不必重复批准。")
    refuse_unless(site, SiteStatus.CHECKED)
    if not rules.can_approve_site(by, site):
        raise PermissionDenied
    nomination = nomination_of(site)
    refuse_moved_on(nomination, version)
    _refuse_beyond_quota(site)
    _write_decision(nomination, document_number, decided_on)
    write_place_names(site)
    site.approved_at, site.approved_by = clock.now(), by
    site.status = SiteStatus.APPROVED
    site.standard = CreationStandard.objects.in_force(site.creation_type_id)
    site.save(update_fields=["status", "approved_at", "approved_by", "standard", *PLACE_NAMES])
    move_on(nomination, site.status, "document_number", "decided_on")
    calendar = load_calendar()
    _make_schedule(site, calendar)
    _make_report_rows(site, nomination.decided_on, calendar)
    decision = {"document_number": nomination.document_number, "decided_on": nomination.decided_on}
    write_step(site, NominationVerb.APPROVED, "批准项目点", note, by=by, **decision)
    return site


def _write_decision(nomination: Nomination, document_number: str, decided_on: date | None) -> None:
    programme = nomination.site.programme
    nomination.document_number = document_number.strip() or programme.document_number
    if not nomination.document_number:
        raise ValidationError({"document_number": "请填写省批复文号；全批次一个文号的，可先填在批次的“立项文号”里。"})
    refuse_future(decided_on, "decided_on")
    nomination.decided_on = decided_on or usual_decision_day(nomination.site)
    last = nomination.site.checks.last()
    if last and nomination.decided_on < last.checked_on:
        raise ValidationError({"decided_on": f"批复日期早于到点审核日期 {last.checked_on}，请核对。"})
    if not programme.takes_nominations(nomination.decided_on):
        raise ValidationError({"decided_on": "批复日期晚于这个批次的月报截止月，请核对。"})


def usual_decision_day(site: ProjectSite) -> date:
    """The programme's own day of decision; of a site that was checked after it, today."""
    today, day = clock.today(), site.programme.issued_on
    last = site.checks.last()
    return today if day is None or day > today or (last and day < last.checked_on) else day


def _refuse_beyond_quota(site: ProjectSite) -> None:
    # The lock on the type lets two approvals at once count one after the other.
    kind = CreationType.objects.select_for_update().get(pk=site.creation_type_id)
    used = kind.approved_count
    if used >= kind.quota:
        raise ValidationError(f"{kind.name}的名额是 {kind.quota} 个，已批准 {used} 个，不能再批准“{site}”。")


def write_place_names(site: ProjectSite) -> None:
    chain = Organization.objects.filter(pk__in=site.organization.ancestor_ids)
    names = {organization.level: organization.name for organization in chain}
    site.county_name = names.get(Level.COUNTY, "")
    site.township_name = names.get(Level.TOWNSHIP, "")
    site.village_name = site.organization.name


def _make_schedule(site: ProjectSite, calendar: Calendar) -> None:
    templates = TaskTemplate.objects.filter(stage__programme=site.programme_id).select_related("stage__programme")
    wanted = [task for task in templates if task.creation_type_id in (None, site.creation_type_id)]
    for template in site.programme.stages.all():
        stage = Stage.objects.create(
            site=site, kind=template.kind, starts_on=template.starts_on, ends_on=template.ends_on
        )
        tasks = [task for task in wanted if task.stage_id == template.pk]
        ScheduleItem.objects.bulk_create(items_of(stage, tasks, calendar))


def _make_report_rows(site: ProjectSite, decided_on: date, calendar: Calendar) -> None:
    """A report is owed for the month of the decision and those after it; not for one that fell due before it."""
    programme = site.programme
    due = {month: programme.due_at(month, calendar) for month in programme.months()}
    MonthlyReport.objects.bulk_create(
        MonthlyReport(site=site, month=month, due_at=due_at)
        for month, due_at in due.items()
        if month >= decided_on.replace(day=1) and timezone.localdate(due_at) >= decided_on
    )
