from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, Level, Organization
from projects import rules
from projects.models import CreationType, MonthlyReport, ProjectSite, ScheduleItem, Stage, TaskTemplate
from projects.states import SiteStatus


@transaction.atomic
def approve_site(site: ProjectSite, *, by) -> ProjectSite:
    """Approve a proposed site: freeze its names, make its schedule and its monthly report rows, once.

    Raises ValidationError when the site is approved already or its creation type's quota is used up, and
    PermissionDenied when `by` may not. S0: 示范村、社区各 9 个，皖嫂示范基地 1 个.
    """
    site = (
        ProjectSite.objects.select_for_update(of=("self",))
        .select_related("programme", "organization", "creation_type")
        .get(pk=site.pk)
    )
    if site.is_approved:
        raise ValidationError(f"“{site}”已于 {site.approved_at:%Y-%m-%d} 批准，不必重复批准。")
    if not rules.can_approve_site(by, site):
        raise PermissionDenied
    _refuse_beyond_quota(site)
    _freeze_names(site)
    site.status, site.approved_at, site.approved_by = SiteStatus.APPROVED, clock.now(), by
    site.save(update_fields=["status", "approved_at", "approved_by", "county_name", "township_name", "village_name"])
    _make_schedule(site)
    _make_report_rows(site)
    AuditEvent.objects.record("批准项目点", site, by=by, organization=site.organization)
    return site


def _refuse_beyond_quota(site: ProjectSite) -> None:
    # The lock on the type lets two approvals at once count one after the other.
    kind = CreationType.objects.select_for_update().get(pk=site.creation_type_id)
    used = kind.sites.approved().count()
    if used >= kind.quota:
        raise ValidationError(f"{kind.name}的名额是 {kind.quota} 个，已批准 {used} 个，不能再批准“{site}”。")


def _freeze_names(site: ProjectSite) -> None:
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
    MonthlyReport.objects.bulk_create(
        MonthlyReport(site=site, month=month, due_at=programme.due_at(month)) for month in programme.months()
    )
