"""Rules of the lights: offered to a new programme, copied with it, changed by the city with a reason."""

from datetime import datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.lights.registry import signals
from projects.models import LightChange, LightRule, Programme

THRESHOLDS = ["yellow", "red", "is_active"]
STALE = "您预览之后，这个批次的红黄绿灯规则又有改动，请重新预览。"


def offer_usual_lights(programme: Programme) -> None:
    """Each signal that concerns the programme and that it has no rule for gets the usual thresholds.

    The first rules of a programme hold from its first month on, whenever they are entered; what is offered to a
    programme that has rules already holds from now on, so that past lights stay as they were.
    """
    present = set(programme.light_rules.values_list("signal", flat=True))
    made_at = clock.now() if present else _beginning(programme)
    offered = [
        LightRule(programme=programme, signal=signal.key, yellow=yellow, red=red, position=position)
        for position, signal in enumerate(signals().values(), 1)
        for yellow, red in [signal.usual]
        if signal.key not in present and signal.is_for(programme)
    ]
    _keep_new(offered, made_at)


def copy_light_rules(programme: Programme, copy: Programme) -> None:
    """The thresholds as they hold now."""
    copied = [
        LightRule(programme=copy, signal=rule.signal, position=rule.position, **_thresholds(rule))
        for rule in programme.light_rules.order_by("position", "pk")
    ]
    _keep_new(copied, _beginning(copy))


def _beginning(programme: Programme) -> datetime:
    first = timezone.make_aware(datetime.combine(programme.first_month, time()))
    return min(clock.now(), first)


def _keep_new(rules: list[LightRule], made_at: datetime) -> None:
    LightRule.objects.bulk_create(rules)
    LightChange.objects.bulk_create(LightChange(rule=rule, made_at=made_at, **_thresholds(rule)) for rule in rules)


def _thresholds(rule: LightRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in THRESHOLDS}


def _keep_version(rule: LightRule, *, made_at: datetime, by, reason: str) -> LightChange:
    change = LightChange(rule=rule, made_at=made_at, made_by=by, reason=reason, **_thresholds(rule))
    change.full_clean(exclude=["made_by"])
    change.save(force_insert=True)
    return change


def newest_change(programme: Programme) -> int:
    """By which number a preview knows whether the rules are still those that it was made with."""
    newest = LightChange.objects.filter(rule__programme=programme).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


@transaction.atomic
def change_light_rule(rule: LightRule, *, by, reason: str, seen: int) -> LightRule:
    """Write the thresholds of `rule` (yellow, red, is_active) from now on. `seen` is the `newest_change` of the preview.

    Raises ValidationError (code "stale" when any rule of the programme changed since; nothing changed; no reason) and
    PermissionDenied.
    """
    programme = (
        Programme.objects.select_for_update(of=["self"]).select_related("organization").get(pk=rule.programme_id)
    )
    stored = LightRule.objects.get(pk=rule.pk)
    if not rules.can_manage_programme(by, programme):
        raise PermissionDenied
    if newest_change(programme) != seen:
        raise ValidationError(STALE, code="stale")
    before, after = _thresholds(stored), _thresholds(rule)
    if before == after:
        raise ValidationError("和现在的规则一样，不用修改。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明原因。"})
    rule.full_clean()
    rule.save(update_fields=THRESHOLDS)
    _keep_version(rule, made_at=clock.now(), by=by, reason=reason.strip())
    AuditEvent.objects.record(
        "修改红黄绿灯规则",
        rule,
        by=by,
        organization=programme.organization,
        note=reason.strip(),
        before=before,
        after=after,
    )
    return rule
