"""申报: proposed, written, submitted, recommended by the county, checked on the spot by the city. The province's decision
is `projects.actions.approve_site`, or `decline_nomination` at its desk.

No step can be left out: each action asks for the state before it, and the database knows no other way (NEXT_STATUS).
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
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
from projects.actions.sites import check_entry
from projects.models import CreationType, Nomination, NominationVerb, ProjectSite, Recommendation, SiteCheck
from projects.models.nomination import STATEMENT, SURVEY
from projects.states import AT_DESK, SiteStatus

ENTRY_FIELDS = ["creation_type", "name", "leader_title"]


@transaction.atomic
def propose_site(site: ProjectSite, *, by) -> ProjectSite:
    """A township or county names a unit. Raises ValidationError (by field) and PermissionDenied."""
    if not rules.can_propose_site(by, site.organization):
        raise PermissionDenied
    if not site.programme.takes_nominations(clock.today()):
        raise ValidationError({"programme": f"“{site.programme}”已经结束，不再接受申报。"})
    check_entry(site)
    site.save(force_insert=True)
    Nomination.objects.create(site=site)
    AuditEvent.objects.record("申报项目点", site, by=by, organization=site.organization)
    return site


@transaction.atomic
def save_nomination(nomination: Nomination, *, by, version: int, **entry) -> Nomination:
    """A draft with whatever is known; `entry` are the site's own words (ENTRY_FIELDS). Raises ValidationError (code
    "stale" when it was written meanwhile), PermissionDenied."""
    site = _being_written(nomination.site, by=by)
    stored = nomination_of(site)
    refuse_moved_on(stored, version)
    for name in [*SURVEY, *STATEMENT]:
        setattr(stored, name, getattr(nomination, name))
    for name in ENTRY_FIELDS:
        setattr(site, name, entry.get(name, getattr(site, name)))
    check_entry(site)
    stored.full_clean(exclude=["site"])
    site.save(update_fields=ENTRY_FIELDS)
    stored.version += 1
    stored.save()
    AuditEvent.objects.record("填写申报材料", site, by=by, organization=site.organization)
    return stored


@transaction.atomic
def submit_nomination(site: ProjectSite, *, by, version: int | None = None) -> ProjectSite:
    """To the county. Raises ValidationError with all that is missing or doesn't add up, by field; PermissionDenied."""
    site = _being_written(site, by=by)
    nomination = nomination_of(site)
    refuse_moved_on(nomination, version)
    if problems := nomination.problems(clock.today()):
        raise ValidationError(problems)
    move_on(nomination, SiteStatus.SUBMITTED)
    write_step(site, NominationVerb.SUBMITTED, "提交申报", by=by)
    return site


def _being_written(site: ProjectSite, *, by) -> ProjectSite:
    site = locked_site(site)
    refuse_unless(site, SiteStatus.PROPOSED)
    if not rules.can_write_nomination(by, site):
        raise PermissionDenied
    return site


@transaction.atomic
def recommend_site(site: ProjectSite, *, by, rank: int, reason: str, version: int | None = None) -> ProjectSite:
    """县级推荐 with the rank among the county's recommended of the same programme and type, and why."""
    nomination = _at_desk(site, SiteStatus.SUBMITTED, may=rules.can_recommend_site, by=by, version=version)
    site = nomination.site
    # One at a time per type, so that the second of two equal ranks is refused in words.
    CreationType.objects.select_for_update(no_key=True).get(pk=site.creation_type_id)
    made = Recommendation(
        site=site, creation_type=site.creation_type, organization=_recommending(site), rank=rank, reason=reason.strip()
    )
    made.made_at, made.made_by = clock.now(), by
    try:
        made.full_clean()
    except ValidationError as error:
        told = error.message_dict
        raise ValidationError({"rank": told.pop("__all__"), **told} if "__all__" in told else told) from None
    made.save(force_insert=True)
    move_on(nomination, SiteStatus.RECOMMENDED)
    write_step(site, NominationVerb.RECOMMENDED, "县级推荐项目点", made.reason, by=by, rank=rank)
    return site


def _recommending(site: ProjectSite) -> Organization:
    above = Organization.objects.filter(pk__in=site.organization.ancestor_ids, level=Level.COUNTY)
    return above.first() or site.programme.organization


@transaction.atomic
def record_check(check: SiteCheck, *, by) -> SiteCheck:
    """到点审核, passed or not; `check` isn't saved yet. A failed one may be followed by another visit, or a return."""
    nomination = _at_desk(check.site, SiteStatus.RECOMMENDED, may=rules.can_check_site, by=by)
    check.site = site = nomination.site
    refuse_future(check.checked_on, "checked_on")
    check.recorded_at, check.recorded_by = clock.now(), by
    check.full_clean()
    check.save(force_insert=True)
    move_on(nomination, site.status)
    write_step(site, NominationVerb.VISITED, "登记到点审核", f"{check.words}。{check.finding}"[:1000], by=by)
    return check


@transaction.atomic
def pass_check(site: ProjectSite, *, by, opinion: str = "", version: int | None = None) -> ProjectSite:
    """市级审核通过, on the strength of a visit: the last one must have been passed."""
    nomination = _at_desk(site, SiteStatus.RECOMMENDED, may=rules.can_check_site, by=by, version=version)
    last = nomination.site.checks.last()
    if last is None:
        raise ValidationError("还没有登记到点审核，不能上报省里；班子成员带队到点审核以后再办。")
    if not last.is_passed:
        raise ValidationError(f"{last.checked_on} 的到点审核没有通过，不能上报省里；整改后再次到点审核，或者退回。")
    move_on(nomination, SiteStatus.CHECKED)
    write_step(nomination.site, NominationVerb.CHECKED, "通过项目点市级审核", opinion, by=by)
    return nomination.site


@transaction.atomic
def return_nomination(site: ProjectSite, *, by, reason: str, version: int | None = None) -> ProjectSite:
    """From whichever desk back to who wrote it; a recommendation falls away."""
    nomination = _at_any_desk(site, by=by, version=version)
    Recommendation.objects.filter(site=nomination.site).delete()
    move_on(nomination, SiteStatus.PROPOSED)
    write_step(nomination.site, NominationVerb.RETURNED, "退回申报", reason, by=by)
    return nomination.site


@transaction.atomic
def decline_nomination(
    site: ProjectSite, *, by, reason: str, document_number: str = "", decided_on=None, version: int | None = None
) -> ProjectSite:
    """From whichever desk, for good: the unit may be proposed anew. Number and date are those of the province's
    decision, where it is the province that declines."""
    nomination = _at_any_desk(site, by=by, version=version)
    refuse_future(decided_on, "decided_on")
    nomination.document_number, nomination.decided_on = document_number.strip(), decided_on
    move_on(nomination, SiteStatus.DECLINED, "document_number", "decided_on")
    decision = {"document_number": nomination.document_number, "decided_on": decided_on}
    write_step(nomination.site, NominationVerb.DECLINED, "未批准项目点", reason, by=by, **decision)
    return nomination.site


def _at_any_desk(site: ProjectSite, *, by, version: int | None) -> Nomination:
    return _at_desk(site, *AT_DESK, may=rules.can_send_back_site, by=by, version=version)


def _at_desk(site: ProjectSite, *statuses: SiteStatus, may, by, version: int | None = None) -> Nomination:
    site = locked_site(site)
    refuse_unless(site, *statuses)
    if not may(by, site):
        raise PermissionDenied
    nomination = nomination_of(site)
    refuse_moved_on(nomination, version)
    return nomination
