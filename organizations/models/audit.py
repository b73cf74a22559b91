"""The log that can't be bent: append-only by trigger, each row chained to the one before it by a hash."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC

from django.db import connection, models, transaction
from django.db.models import Q

from fedwork import clock
from fedwork.triggers import append_only

AUDIT_LOCK = 7_305_001  # any constant: the advisory lock under which the chain grows


_rehearsing = ContextVar("rehearsing", default=False)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Try something out: what is done inside is always rolled back, and therefore nothing of it is recorded.

    A preview of 500 rows takes seconds. Recording would hold the chain's lock as long, and nobody could sign in or
    submit meanwhile. Recording and keeping can't come apart: both are switched off here, together.
    """
    before = _rehearsing.set(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _rehearsing.reset(before)


def as_stored(detail: dict) -> dict:
    """`detail` as it will be read back, so that the hash is the same then: keys are text, tuples are lists, and
    numbers with a fraction are text, because jsonb writes them its own way."""
    return json.loads(json.dumps(detail), parse_float=str)


class BrokenChainError(Exception):
    """Says in a sentence which row of the log was changed, or where one is missing or was put in."""


class AuditEventQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AuditEventQuerySet":
        """The user's subtree. What belongs to no organisation (failures of unknown accounts, what system
        administrators did about themselves) lies in nobody's subtree and is the auditor's to read."""
        if user.scope_path is None:
            return self.none()
        in_scope = Q(organization_path__startswith=user.scope_path)
        return self.filter(in_scope | Q(organization_path="") if user.role == "auditor" else in_scope)

    def about(self, obj: models.Model) -> "AuditEventQuerySet":
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk)

    def verify(self) -> "tuple[int, AuditEvent | None]":
        """Number of rows and the last one, after walking the whole chain in the order in which it grew.

        Raises BrokenChainError at the first row that doesn't fit. Memory stays bounded. Ids may have gaps: a transaction
        that was rolled back took a number with it; only the chained hashes tell a missing row.
        """
        count, last, before_last = 0, None, ""
        for event in self.order_by("id").iterator(chunk_size=2000):
            event.check_follows(last, before_last)
            before_last, last, count = last.hash if last else "", event, count + 1
        return count, last

    def record(
        self, action: str, obj: models.Model, *, by, organization=None, note: str = "", **detail
    ) -> "AuditEvent":
        """Append one row about `obj` inside the caller's transaction. `action` is a Chinese verb such as “提交月报”;
        `detail` takes JSON values (amounts as text).

        The chain grows one transaction at a time: from here to the caller's commit everybody else's `record` waits.
        So it stands last in an action, after the rows it speaks of are locked and written.
        """
        event = AuditEvent(
            at=clock.now(),
            actor_id=by.pk if by else None,
            actor_name=f"{by.full_name}（{by.username}）" if by else "系统",
            action=action,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            object_label=str(obj)[:120],
            organization_path=organization.path if organization else "",
            note=note,
            detail=as_stored(detail),
        )
        if _rehearsing.get():
            return event
        with transaction.atomic(savepoint=False):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
            event.previous_hash = self.model.objects.order_by("-id").values_list("hash", flat=True).first() or ""
            event.hash = event.compute_hash()
            event.save(force_insert=True)
        return event


class AuditEvent(models.Model):
    """One state change. Words and ids only, no foreign keys: it outlives what it speaks of."""

    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    action = models.CharField("操作", max_length=40)
    object_type = models.CharField("对象类型", max_length=60)
    object_id = models.BigIntegerField("对象编号", null=True)  # empty: no row, as at sign-in with an unknown name
    object_label = models.CharField("对象", max_length=120)
    organization_path = models.CharField("范围", max_length=120, blank=True, db_collation="C")
    note = models.TextField("说明", blank=True)
    detail = models.JSONField("明细", default=dict)
    previous_hash = models.CharField("前一条校验值", max_length=64, blank=True)
    hash = models.CharField("校验值", max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["organization_path"], name="audit_path"),
        ]
        triggers = append_only("audit")

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_label}"

    def check_follows(self, last: "AuditEvent | None", before_last: str) -> None:
        """Raises BrokenChainError unless this row is whole and chained to `last`, which is chained to the hash
        `before_last`."""
        if self.hash != self.compute_hash():
            raise BrokenChainError(f"改动：第 {self.pk} 条的内容与校验值不符。")
        if self.previous_hash == (last.hash if last else ""):
            return
        if last is None:
            raise BrokenChainError(f"缺失：第 {self.pk} 条之前的记录不见了。")
        if self.previous_hash == before_last:
            raise BrokenChainError(f"插入：第 {last.pk} 条不在原来的链上。")
        raise BrokenChainError(
            f"缺失：第 {last.pk} 条与第 {self.pk} 条之间少了记录，或第 {last.pk} 条连同校验值被改写。"
        )

    def compute_hash(self) -> str:
        """SHA-256 over the row's words and the hash of the row before it."""
        content = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in {"id", "hash", "at"}
        }
        content["at"] = self.at.astimezone(UTC).isoformat()
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
