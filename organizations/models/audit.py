"""The log that can't be bent: append-only by trigger, each row chained to the one before it by a hash."""

import hashlib
import json

import pgtrigger
from django.db import connection, models, transaction
from django.utils import timezone

from fedwork import clock

AUDIT_LOCK = 7_305_001  # any constant: the advisory lock under which the chain grows


class AuditEventQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AuditEventQuerySet":
        return self.none() if user.scope_path is None else self.filter(organization_path__startswith=user.scope_path)

    def about(self, obj: models.Model) -> "AuditEventQuerySet":
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk)

    def record(
        self, action: str, obj: models.Model, *, by, organization=None, note: str = "", **detail
    ) -> "AuditEvent":
        """Append one row about `obj` inside the caller's transaction. `action` is a Chinese verb such as “提交月报”;
        `detail` takes JSON values (amounts as text)."""
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
            detail=detail,
        )
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
            last = self.model.objects.order_by("-id").values_list("hash", flat=True).first()
            event.previous_hash = last or ""
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
    object_id = models.BigIntegerField("对象编号")
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
        triggers = [
            pgtrigger.Protect(name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="audit_no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_label}"

    def compute_hash(self) -> str:
        """SHA-256 over the row's words and the hash of the row before it."""
        content = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in {"id", "hash", "at"}
        }
        content["at"] = self.at.astimezone(timezone.get_default_timezone()).isoformat()
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
