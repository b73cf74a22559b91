"""Changes to the tree. Each takes the tree's lock, so that no two of them read the same paths at once.

They refuse with `PermissionDenied` (role, or outside the user's subtree) and `ValidationError` (a Chinese sentence).
"""

import re
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from organizations import rules
from organizations.models import AuditEvent, FormerName, Level, Organization, OrganizationKind

TREE_LOCK = 7_305_002  # any constant: the advisory lock under which the tree changes


def lock_tree() -> None:
    """Held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


@transaction.atomic
def add_organization(
    *,
    by,
    parent: Organization | None,
    level: int,
    name: str,
    code: str = "",
    kind: OrganizationKind | None = None,
    valid_from: date | None = None,
) -> Organization:
    """A new node. A base, workshop or other unit without a code gets one: its parent's, a dash and a number."""
    lock_tree()
    if parent:
        parent.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    _require(by, parent)
    if level == Level.UNIT and parent and not code:
        code = next_unit_code(parent)
    node = Organization(parent=parent, level=level, name=name, code=code, kind=kind, valid_from=valid_from)
    node.full_clean(exclude=["path", "initials"])
    _refuse_closed(parent)
    node.save(force_insert=True)
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    AuditEvent.objects.record("新增组织", node, by=by, organization=node, code=node.code, level=node.level)
    return node


def next_unit_code(parent: Organization) -> str:
    """The code for one more base or workshop under `parent`."""
    taken = Organization.objects.filter(level=Level.UNIT, code__startswith=f"{parent.code}-")
    # Codes may also be made by hand ("…-A1"): those don't count.
    endings = [code.removeprefix(f"{parent.code}-") for code in taken.values_list("code", flat=True)]
    numbers = [int(ending) for ending in endings if re.fullmatch("[0-9]+", ending)]
    return f"{parent.code}-{max(numbers, default=0) + 1}"


@transaction.atomic
def rename_organization(organization: Organization, *, by, name: str, on: date | None = None) -> Organization:
    """The old name is kept as a FormerName, used until `on` (today)."""
    _lock(organization, by=by)
    former = organization.name
    organization.name = name
    organization.full_clean(exclude=["path"])
    if organization.name == former:
        raise ValidationError("新名称与现在的名称相同。")
    organization.save(update_fields=["name", "initials"])
    FormerName.objects.create(organization=organization, name=former, used_until=on or timezone.localdate())
    AuditEvent.objects.record("组织更名", organization, by=by, organization=organization, former=former, name=name)
    return organization


@transaction.atomic
def classify_organization(
    organization: Organization, *, by, kind: OrganizationKind | None, valid_from: date | None
) -> Organization:
    """Kind and first day; neither moves anything."""
    _lock(organization, by=by)
    before = {"kind": str(organization.kind or ""), "valid_from": str(organization.valid_from or "")}
    organization.kind, organization.valid_from = kind, valid_from
    organization.full_clean(exclude=["path"])
    organization.save(update_fields=["kind", "valid_from"])
    after = {"kind": str(kind or ""), "valid_from": str(valid_from or "")}
    AuditEvent.objects.record("修改组织", organization, by=by, organization=organization, before=before, after=after)
    return organization


@transaction.atomic
def move_organization(organization: Organization, *, by, parent: Organization, note: str = "") -> Organization:
    """Hang the whole subtree under `parent`. Sites go with it; reports and allocation lines that were already
    submitted keep the path copied onto them, and so their attribution."""
    _lock(organization, by=by)
    parent.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    _require(by, parent)
    _refuse_move(organization, parent)
    former, old_path = organization.parent, organization.path
    Organization.objects.within(old_path).update(
        path=Concat(Value(f"{parent.path}{organization.pk}/"), Substr("path", len(old_path) + 1)),
        parent_id=Case(
            When(pk=organization.pk, then=Value(parent.pk)), default=F("parent_id"), output_field=BigIntegerField()
        ),
    )
    organization.refresh_from_db()
    AuditEvent.objects.record(
        "移动组织",
        organization,
        by=by,
        organization=organization,
        note=note,
        former_parent={"id": former.pk, "name": former.name, "path": former.path} if former else {},
        parent={"id": parent.pk, "name": parent.name, "path": parent.path},
    )
    return organization


@transaction.atomic
def close_organization(
    organization: Organization, *, by, valid_to: date, successor: Organization | None = None, note: str = ""
) -> Organization:
    """It stays, with the date from which it no longer exists and what took its place. Nothing is deleted."""
    _lock(organization, by=by)
    if successor:
        # As it stands under the lock: two must not be closed into each other.
        successor.refresh_from_db(from_queryset=Organization.objects.select_for_update())
        _require(by, successor)
    _refuse_closing(organization, successor)
    organization.valid_to, organization.successor = valid_to, successor
    organization.full_clean(exclude=["path"])
    organization.save(update_fields=["valid_to", "successor"])
    AuditEvent.objects.record(
        "撤销组织",
        organization,
        by=by,
        organization=organization,
        note=note,
        valid_to=valid_to.isoformat(),
        successor={"id": successor.pk, "name": successor.name} if successor else {},
    )
    return organization


@transaction.atomic
def reopen_organization(organization: Organization, *, by, note: str = "") -> Organization:
    """Take a closing back."""
    _lock(organization, by=by)
    if not organization.is_closed:
        raise ValidationError(f"“{organization}”没有撤销，不用恢复。")
    _refuse_closed(organization.parent)
    organization.valid_to = organization.successor = None
    organization.save(update_fields=["valid_to", "successor"])
    AuditEvent.objects.record("恢复组织", organization, by=by, organization=organization, note=note)
    return organization


def _lock(organization: Organization, *, by) -> None:
    lock_tree()
    organization.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    _require(by, organization)


def _require(by, organization: Organization | None) -> None:
    """A node without a parent is a province: only who sees the whole tree adds one."""
    allowed = rules.can_manage_organizations(by, organization)
    if not allowed or (organization is None and by.scope_path != ""):
        raise PermissionDenied("您不能管理这个组织。")


def _refuse_closed(parent: Organization | None) -> None:
    if parent and parent.is_closed:
        raise ValidationError(f"“{parent}”已撤销，不能作为上级。")


def _refuse_move(organization: Organization, parent: Organization) -> None:
    if organization.is_closed:
        raise ValidationError(f"“{organization}”已撤销，不能移动。")
    if organization.contains(parent.path):
        raise ValidationError(f"“{parent}”就在“{organization}”之内，不能作为它的上级。")
    if organization.parent_id == parent.pk:
        raise ValidationError(f"“{organization}”的上级已经是“{parent}”。")
    _refuse_closed(parent)
    organization.check_parent(parent)


def _refuse_closing(organization: Organization, successor: Organization | None) -> None:
    if organization.is_closed:
        raise ValidationError(f"“{organization}”已于 {organization.valid_to} 撤销。")
    left = organization.children.filter(valid_to=None).count()
    if left:
        raise ValidationError(f"“{organization}”还有 {left} 个未撤销的下级，请先移动或撤销下级。")
    if successor is None:
        return
    if successor.pk == organization.pk or successor.level != organization.level or successor.is_closed:
        raise ValidationError(f"并入的组织应是另一个在用的{organization.get_level_display()}组织。")
