"""Leading groups: established with a head, changed by takeovers, appointments and leavings, disbanded.

Between the first day and the last there is one head on every day: a head never leaves, somebody takes over.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, Level
from projects import rules
from projects.models import GroupKind, GroupMember, GroupRole, LeadingGroup, Programme
from projects.models.group import OTHER_ROLES

STALE = "您打开之后，成员又有变动，请刷新后核对再办。"
DAY = timedelta(days=1)
KNOWN = ["group", "recorded_by", "deputy"]  # are there, without asking the database


class Seat(NamedTuple):
    """Who sits somewhere: unit and post, and a name where one is wanted."""

    unit: str
    post: str
    name: str = ""


class Place(NamedTuple):
    """A seat to be taken: in which role."""

    role: str
    seat: Seat


@transaction.atomic
def establish_group(
    group: LeadingGroup,
    *,
    by,
    head: Seat | None = None,
    deputy: GroupMember | None = None,
    others: Iterable[Place] = (),
) -> LeadingGroup:
    """Enter a group with its first head; an office gets the `deputy` of the group above as its director instead.
    Raises ValidationError, PermissionDenied."""
    _write_place(group)
    if not rules.can_manage_group(by, group):
        raise PermissionDenied
    # Of two people who enter the same group at once the second is told by the check of uniqueness.
    Programme.objects.select_for_update(no_key=True).get(pk=group.programme_id)
    _refuse_future(group.established_on, "established_on")
    _check_place(group)
    group.recorded_at, group.recorded_by = clock.now(), by
    group.clean_fields(exclude=["programme", "organization", "site", "parent", "recorded_by"])
    group.validate_constraints()
    group.save(force_insert=True)
    _seat_lead(group, head, deputy, group.established_on, by=by)
    _seat_others(group, others, group.established_on, by=by)
    _log("成立", group, by=by, established_on=str(group.established_on))
    return group


@transaction.atomic
def take_over(
    group: LeadingGroup,
    *,
    by,
    version: int,
    from_on: date,
    head: Seat | None = None,
    deputy: GroupMember | None = None,
    document_number: str = "",
) -> GroupMember:
    """A new head (or, in an office, a new director) from a day on; the present one ends the day before.
    Raises ValidationError, PermissionDenied."""
    group = _locked(group, by=by, version=version)
    present = group.members.sitting().get(role=group.lead_role)
    _refuse_future(from_on, "from_on")
    if from_on <= present.from_on:
        raise ValidationError({"from_on": f"现任{group.lead_label}自 {present.from_on} 起任职，接任日期要晚于这一天。"})
    seat = head or seat_of(deputy)
    if seat == seat_of(present):
        raise ValidationError(f"{present}就是现任{group.lead_label}。")
    _end(present, from_on - DAY)
    _vacate(group, seat, from_on)
    row = _seat_lead(group, head, deputy, from_on, by=by, document_number=document_number)
    _grow(group)
    _log(f"接任{group.lead_label}", group, by=by, before=str(present), after=str(row), from_on=str(from_on))
    return row


@transaction.atomic
def appoint_members(
    group: LeadingGroup, *, by, version: int, places: Iterable[Place], from_on: date, document_number: str = ""
) -> list[GroupMember]:
    """Deputies and members from a day on. Raises ValidationError, PermissionDenied."""
    group = _locked(group, by=by, version=version)
    _refuse_future(from_on, "from_on")
    if from_on < group.established_on:
        raise ValidationError({"from_on": f"{group}{group.established_on} 才成立，任职日期不能更早。"})
    rows = _seat_others(group, places, from_on, by=by, document_number=document_number)
    _grow(group)
    _log("增加成员", group, by=by, members=[str(row) for row in rows], from_on=str(from_on))
    return rows


@transaction.atomic
def leave_group(member: GroupMember, *, by, version: int, to_on: date) -> GroupMember:
    """A deputy's or member's last day. Raises ValidationError, PermissionDenied."""
    group = _locked(member.group, by=by, version=version)
    member = _sitting(group, member)
    if member.is_lead:
        raise ValidationError(f"{group.lead_label}不能空缺，请办理接任。")
    _refuse_future(to_on, "to_on")
    if to_on < member.from_on:
        raise ValidationError({"to_on": f"{member}自 {member.from_on} 起任职，离任日期不能更早。"})
    _refuse_directing(member)
    _end(member, to_on)
    _grow(group)
    _log("成员离任", group, by=by, member=str(member), to_on=str(to_on))
    return member


@transaction.atomic
def correct_member(member: GroupMember, *, by, version: int, seat: Seat) -> GroupMember:
    """Put right what was written wrongly: a row of the same days takes the place of the old one, which stays in the
    database. The director's row follows that of the deputy. Raises ValidationError, PermissionDenied."""
    group = _locked(member.group, by=by, version=version)
    member = _sitting(group, member)
    if member.deputy_id:
        raise ValidationError("办公室主任由副组长兼任，请在领导小组的名单里更正。")
    if seat == seat_of(member):
        raise ValidationError("和原来写的一样，不用更正。")
    before = str(member)
    row = _replace(member, seat, by=by)
    for director in member.directing.sitting():
        _replace(director, seat, by=by, deputy=row)
    _grow(group)
    _log("更正成员", group, by=by, before=before, after=str(row))
    return row


@transaction.atomic
def disband_group(group: LeadingGroup, *, by, version: int, on: date, reason: str) -> LeadingGroup:
    """Its last day, and that of everybody in it and in its office. Raises ValidationError, PermissionDenied."""
    group = _locked(group, by=by, version=version)
    _refuse_future(on, "on")
    for each in [*LeadingGroup.objects.select_for_update().filter(parent=group, disbanded_on=None), group]:
        _disband(each, on, reason)
    _log("撤销", group, by=by, disbanded_on=str(on), reason=reason)
    return group


def seat_of(member: GroupMember | None) -> Seat | None:
    return member and Seat(member.unit, member.post, member.name)


def _write_place(group: LeadingGroup) -> None:
    """A team lies where its site lies, an office where its group does."""
    if group.site:
        group.organization, group.programme = group.site.organization, group.site.programme
    if group.parent:
        group.organization, group.programme = group.parent.organization, group.parent.programme


def _check_place(group: LeadingGroup) -> None:
    if group.established_on.year < group.programme.year - 1:
        raise ValidationError({"established_on": "成立日期早于批次年度，请核对年份。"})
    if group.site and not group.site.is_approved:
        raise ValidationError(f"“{group.site}”还没有批准，批准以后再成立工作组。")
    if group.parent:
        LeadingGroup.objects.select_for_update().get(pk=group.parent_id)
        if group.parent.kind != GroupKind.GROUP or group.parent.is_disbanded:
            raise ValidationError("办公室设在没有撤销的领导小组下面。")
        if group.established_on < group.parent.established_on:
            raise ValidationError({"established_on": f"领导小组 {group.parent.established_on} 才成立。"})
    elif not group.site and group.organization.level not in {Level.PROVINCE, Level.CITY, Level.COUNTY}:
        raise ValidationError("乡镇、村不另设领导小组，由项目点成立工作组。")


def _locked(group: LeadingGroup, *, by, version: int) -> LeadingGroup:
    if group.parent_id:
        # Always the group before its office, and for as long as its deputies mustn't leave.
        LeadingGroup.objects.select_for_update().get(pk=group.parent_id)
    rows = LeadingGroup.objects.select_for_update(of=("self",))
    group = rows.select_related("programme__organization", "organization", "site", "parent").get(pk=group.pk)
    if not rules.can_manage_group(by, group):
        raise PermissionDenied
    if group.is_disbanded:
        raise ValidationError(f"{group}已于 {group.disbanded_on} 撤销，不能再改。")
    if group.version != version:
        raise ValidationError(STALE, code="stale")
    return group


def _sitting(group: LeadingGroup, member: GroupMember) -> GroupMember:
    row = group.members.sitting().filter(pk=member.pk).first()
    if row is None:
        raise ValidationError(f"{member}已经离任或更正，不能再改。")
    return row


def _seat_lead(
    group: LeadingGroup, head: Seat | None, deputy: GroupMember | None, from_on: date, *, by, document_number: str = ""
) -> GroupMember:
    if group.is_office:
        deputy = _checked_deputy(group, deputy, from_on)
    row = _new_row(group, Place(group.lead_role, head or seat_of(deputy)), from_on, by, document_number)
    row.deputy = deputy
    return _saved(row)


def _checked_deputy(office: LeadingGroup, deputy: GroupMember | None, day: date) -> GroupMember:
    """The group above is locked by now."""
    sitting = GroupMember.objects.sitting().filter(group=office.parent_id, role=GroupRole.DEPUTY)
    row = deputy and sitting.filter(pk=deputy.pk).first()
    if not row:
        raise ValidationError({"deputy": "办公室主任由一名在任的副组长兼任，请先在领导小组里增加副组长。"})
    if row.from_on > day:
        raise ValidationError({"deputy": f"{row}自 {row.from_on} 起才任副组长。"})
    return row


def _seat_others(
    group: LeadingGroup, places: Iterable[Place], from_on: date, *, by, document_number: str = ""
) -> list[GroupMember]:
    """All of them with two queries, however many."""
    rows = [_new_row(group, place, from_on, by, document_number) for place in places]
    taken = {seat_of(row) for row in group.members.sitting()}
    for row in rows:
        if row.role not in OTHER_ROLES[group.kind]:
            raise ValidationError({"role": f"{group.get_kind_display()}里没有这个职责。"})
        if seat_of(row) in taken:
            raise ValidationError(f"“{row}”已经在这个小组里，一个岗位只写一次。")
        taken.add(seat_of(row))
        row.clean_fields(exclude=KNOWN)
    return GroupMember.objects.bulk_create(rows)


def _new_row(group: LeadingGroup, place: Place, from_on: date, by, document_number: str) -> GroupMember:
    return GroupMember(
        group=group,
        role=place.role,
        from_on=from_on,
        document_number=document_number,
        recorded_at=clock.now(),
        recorded_by=by,
        **place.seat._asdict(),
    )


def _saved(row: GroupMember) -> GroupMember:
    row.clean_fields(exclude=KNOWN)
    row.validate_constraints()
    row.save(force_insert=True)
    return row


def _end(row: GroupMember, day: date) -> None:
    row.to_on = day
    row.save(update_fields=["to_on"])


def _vacate(group: LeadingGroup, seat: Seat, from_on: date) -> None:
    """Who becomes head sat here as deputy or member until then."""
    row = group.members.sitting().filter(**seat._asdict()).first()
    if row is None:
        return
    _refuse_directing(row)
    if row.from_on >= from_on:
        raise ValidationError(
            {"from_on": f"{row}自 {row.from_on} 起任{row.get_role_display()}，接任日期要晚于这一天。"}
        )
    _end(row, from_on - DAY)


def _refuse_directing(member: GroupMember) -> None:
    if member.directing.sitting().exists():
        raise ValidationError(f"{member}兼任办公室主任，请先由另一位副组长接任办公室主任。")


def _replace(member: GroupMember, seat: Seat, *, by, deputy: GroupMember | None = None) -> GroupMember:
    member.corrected_at = clock.now()
    member.save(update_fields=["corrected_at"])
    row = _new_row(member.group, Place(member.role, seat), member.from_on, by, member.document_number)
    row.deputy = deputy
    return _saved(row)


def _disband(group: LeadingGroup, on: date, reason: str) -> None:
    rows = list(group.members.sitting())
    latest = max(row.from_on for row in rows)
    if on < latest:
        raise ValidationError({"on": f"{group}里有 {latest} 才任职的，撤销日期不能更早。"})
    for row in rows:
        _end(row, on)
    group.disbanded_on, group.disband_reason, group.version = on, reason, group.version + 1
    group.full_clean()
    group.save(update_fields=["disbanded_on", "disband_reason", "version"])


def _grow(group: LeadingGroup) -> None:
    group.version += 1
    group.save(update_fields=["version"])


def _refuse_future(day: date, field: str) -> None:
    if day > clock.today():
        raise ValidationError({field: "日期不能晚于今天，到了那天再登记。"})


def _log(action: str, group: LeadingGroup, *, by, **detail) -> None:
    AuditEvent.objects.record(
        f"{action}（{group.get_kind_display()}）", group, by=by, organization=group.organization, **detail
    )
