"""The responsibility table, and who keeps in touch with which site."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import ContactKind, Duty, Programme, ProjectSite, SiteContact

STALE = "您打开之后，这一行又有改动，请刷新后核对再改。"
WRITTEN = ["template", "task", "lead_unit", "post", "cooperating", "due_on", "position"]


class ContactPost(NamedTuple):
    unit: str
    post: str
    phone: str = ""


@transaction.atomic
def save_duty(duty: Duty, *, by, version: int = 0) -> Duty:
    """Enter a row or change one; `version` is the one that was read. Raises ValidationError, PermissionDenied."""
    if not rules.can_manage_duty(by, duty):
        raise PermissionDenied
    Programme.objects.select_for_update(no_key=True).get(pk=duty.programme_id)
    is_new = duty.pk is None
    if not is_new:
        _refuse_stale(duty, version)
        duty.version = version + 1
    duty.full_clean()
    duty.save(update_fields=None if is_new else [*WRITTEN, "version"])
    _log("新增责任分解" if is_new else "修改责任分解", duty, by=by)
    return duty


@transaction.atomic
def remove_duty(duty: Duty, *, by, version: int) -> None:
    """Raises ValidationError when somebody has changed it since, PermissionDenied."""
    if not rules.can_manage_duty(by, duty):
        raise PermissionDenied
    _refuse_stale(duty, version)
    _log("删除责任分解", duty, by=by)
    duty.delete()


@transaction.atomic
def assign_contacts(sites: Iterable[ProjectSite], *, kind: str, post: ContactPost, by) -> list[SiteContact]:
    """The same post for one site or for many; who kept in touch before stands in the log. Sites that have this post
    already stay as they are. Raises ValidationError, PermissionDenied."""
    ids = [site.pk for site in sites]
    rows = ProjectSite.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    locked = list(rows.select_related("organization", "programme__organization"))
    if not locked:
        raise ValidationError("没有要指定联系岗位的项目点。")
    if not all(rules.can_assign_contact(by, site, kind) for site in locked):
        raise PermissionDenied
    before = {row.site_id: row for row in SiteContact.objects.filter(site__in=ids, kind=kind)}
    changed = [site for site in locked if _post_of(before.get(site.pk)) != post]
    written = [_write(before.get(site.pk) or SiteContact(site=site, kind=kind), post, by=by) for site in changed]
    for contact, was in written:
        _log_contact(contact, was, by=by)
    return [contact for contact, _ in written]


def _post_of(contact: SiteContact | None) -> ContactPost | None:
    return contact and ContactPost(contact.unit, contact.post, contact.phone)


def _write(contact: SiteContact, post: ContactPost, *, by) -> tuple[SiteContact, str]:
    was = str(contact) if contact.pk else ""
    contact.unit, contact.post, contact.phone = post
    contact.assigned_at, contact.assigned_by = clock.now(), by
    contact.clean_fields(exclude=["site", "assigned_by"])
    contact.validate_constraints()
    contact.save()
    return contact, was


def _log_contact(contact: SiteContact, was: str, *, by) -> None:
    site = contact.site
    AuditEvent.objects.record(
        f"指定{ContactKind(contact.kind).label}",
        site,
        by=by,
        organization=site.organization,
        before=was,
        after=str(contact),
    )


def _refuse_stale(duty: Duty, version: int) -> None:
    now = Duty.objects.select_for_update(of=("self",)).filter(pk=duty.pk).first()
    if now is None or now.version != version:
        raise ValidationError(STALE, code="stale")


def _log(action: str, duty: Duty, *, by) -> None:
    place = duty.site.organization if duty.site else duty.programme.organization
    words = {"lead_unit": duty.lead_unit, "post": duty.post, "due_on": str(duty.due_on)}
    AuditEvent.objects.record(action, duty, by=by, organization=place, **words)
