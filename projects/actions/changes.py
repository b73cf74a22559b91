"""变更申请: asked by township, village or county, commented on by the county if it likes, decided by the city; what is
granted is applied in the same transaction. The site's row is the lock."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, Level, Organization
from projects import rules
from projects.actions.nomination_log import locked_site, nomination_of
from projects.models import ChangeState, ChangeSubject, ProjectSite, SiteChange
from projects.models.change import OF_NOMINATION
from projects.models.nomination import MOST_WOMEN

DECIDED = "这项变更申请已经办结，请看过再办。"


@transaction.atomic
def ask_change(change: SiteChange, *, by) -> SiteChange:
    """`change` comes with site, subject, after (or to_organization) and reason, not yet saved; what holds now is
    written down as `before`. Raises ValidationError (by field), PermissionDenied."""
    change.site = site = locked_site(change.site)
    if not site.is_approved:
        raise ValidationError(f"“{site}”{site.get_status_display()}，批准以后的改动才用变更申请。")
    if not rules.can_ask_change(by, site):
        raise PermissionDenied
    change.before = present_value(site, change.subject)
    change.after, change.reason = change.after.strip(), change.reason.strip()
    if change.subject == ChangeSubject.ORGANIZATION:
        _refuse_unit(site, change.to_organization)
        change.after = change.to_organization.name
    else:
        change.to_organization = None
        _refuse_value(change)
    change.asked_at, change.asked_by = clock.now(), by
    change.full_clean()
    change.save(force_insert=True)
    _record(change, "提出变更申请", change.reason, by=by)
    return change


def present_value(site: ProjectSite, subject: str) -> str:
    """What holds now, in words."""
    if subject == ChangeSubject.ORGANIZATION:
        return site.organization.name
    holder = nomination_of(site) if subject in OF_NOMINATION else site
    value = getattr(holder, subject)
    return "" if value is None else str(value)


def _refuse_unit(site: ProjectSite, unit: Organization | None) -> None:
    """Another village or unit of the same township; one below no township stays in its county."""
    if unit is None:
        raise ValidationError({"to_organization": "请选择变更后的单位。"})
    if unit.level not in {Level.VILLAGE, Level.UNIT} or not home_of(site).contains(unit.path):
        raise ValidationError({"to_organization": f"只能改到{home_of(site)}的另一个村（社区、基地）。"})
    if unit.is_closed:
        raise ValidationError({"to_organization": f"“{unit}”已于 {unit.valid_to} 撤销。"})
    if ProjectSite.objects.running().filter(programme=site.programme_id, organization=unit).exists():
        raise ValidationError({"to_organization": f"“{unit}”在本批次里已有项目点或申报。"})


def home_of(site: ProjectSite) -> Organization:
    """The smallest division that a change of unit stays in."""
    above = Organization.objects.filter(pk__in=site.organization.ancestor_ids, level__lte=Level.TOWNSHIP)
    return above.order_by("-level").first()


def _refuse_value(change: SiteChange) -> None:
    """The site's own field says what it takes; a number is written as one."""
    if not change.after:
        raise ValidationError({"after": "请填写变更后的内容。"})
    if change.subject == ChangeSubject.BENEFICIARIES:
        if not (change.after.isascii() and change.after.isdigit() and 0 < int(change.after) <= MOST_WOMEN):
            raise ValidationError({"after": f"预计受益妇女填人数，1 至 {MOST_WOMEN}。"})
        change.after = str(int(change.after))
        return
    longest = _field(change).max_length
    if len(change.after) > longest:
        raise ValidationError(
            {"after": f"{change.get_subject_display()}最多 {longest} 个字，现在有 {len(change.after)} 个字。"}
        )


def _field(change: SiteChange):
    model = nomination_of(change.site) if change.subject in OF_NOMINATION else change.site
    return model._meta.get_field(change.subject)


@transaction.atomic
def comment_change(change: SiteChange, *, by, opinion: str) -> SiteChange:
    """县级意见; a second one replaces the first as long as nothing is decided, the log keeps both."""
    change = _open(change, rules.can_comment_change, by=by)
    if not opinion.strip():
        raise ValidationError({"opinion": "请填写县级意见。"})
    change.opinion, change.commented_at, change.commented_by = opinion.strip(), clock.now(), by
    change.save(update_fields=["opinion", "commented_at", "commented_by"])
    _record(change, "填写变更县级意见", change.opinion, by=by)
    return change


@transaction.atomic
def grant_change(change: SiteChange, *, by, decision: str) -> SiteChange:
    """What was asked for holds from now on."""
    change = _open(change, rules.can_decide_change, by=by)
    _decide(change, ChangeState.GRANTED, decision, by=by)
    _apply(change)
    _record(change, "同意变更申请", change.decision, by=by)
    return change


@transaction.atomic
def refuse_change(change: SiteChange, *, by, decision: str) -> SiteChange:
    """All stays as it is."""
    change = _open(change, rules.can_decide_change, by=by)
    _decide(change, ChangeState.REFUSED, decision, by=by)
    _record(change, "不同意变更申请", change.decision, by=by)
    return change


def _open(change: SiteChange, may, *, by) -> SiteChange:
    site = locked_site(change.site)
    change = SiteChange.objects.select_related("to_organization").get(pk=change.pk)
    change.site = site
    if not change.is_open:
        raise ValidationError(DECIDED, code="stale")
    if not may(by, change):
        raise PermissionDenied
    return change


def _decide(change: SiteChange, state: ChangeState, decision: str, *, by) -> None:
    if not decision.strip():
        raise ValidationError({"decision": "请写明审批意见。"})
    change.state, change.decision = state, decision.strip()
    change.decided_at, change.decided_by = clock.now(), by
    change.save(update_fields=["state", "decision", "decided_at", "decided_by"])


def _apply(change: SiteChange) -> None:
    site, subject = change.site, change.subject
    if subject == ChangeSubject.ORGANIZATION:
        _refuse_unit(site, change.to_organization)
        site.organization, site.village_name = change.to_organization, change.to_organization.name
        site.save(update_fields=["organization", "village_name"])
        return
    holder = nomination_of(site) if subject in OF_NOMINATION else site
    setattr(holder, subject, int(change.after) if subject == ChangeSubject.BENEFICIARIES else change.after)
    holder.save(update_fields=[subject])


def _record(change: SiteChange, action: str, note: str, *, by) -> None:
    AuditEvent.objects.record(
        action,
        change,
        by=by,
        organization=change.site.organization,
        note=note,
        subject=change.get_subject_display(),
        before=change.before,
        after=change.after,
    )
