"""What was promised and issued until now becomes entries; and the usual purposes of spending."""

from collections.abc import Iterator
from decimal import Decimal

from django.db import migrations
from django.utils import timezone

PURPOSES = ["阵地建设", "设备购置", "教育培训", "活动开展", "关爱救助", "维权服务"]
SOURCES = ["province", "county", "township", "village", "social"]


def into_ledger(apps, schema_editor):
    """Everything is entered as of the moment at which it was done, so that past days say what they said."""
    users = apps.get_model("organizations", "User")
    if keeper := users.objects.order_by("pk").first():  # without users there is no money either
        enter = _entering(apps, set(users.objects.values_list("pk", flat=True)), keeper.pk)
        _enter_promises(apps, enter)
        _enter_tables(apps, enter)


def _entering(apps, users: set[int], keeper: int):
    entry = apps.get_model("funding", "LedgerEntry")

    def enter(site_id: int, *, at, by, **fields):
        day = fields.pop("happened_on", None) or timezone.localdate(at)
        by = by if by in users else keeper
        return entry.objects.create(site_id=site_id, happened_on=day, recorded_at=at, recorded_by_id=by, **fields)

    return enter


def _enter_promises(apps, enter) -> None:
    """Each change takes the earlier promise back and enters the new one."""
    step, writers, standing = apps.get_model("funding", "CommitmentStep"), _writers(apps), {}
    for each in step.objects.order_by("made_at", "pk"):
        place = (each.site_id, each.source)
        by = next(writers.get(place, iter(())), None)
        _promise(enter, standing, place, each.amount, at=each.made_at, by=by)
    for row in apps.get_model("funding", "MatchingCommitment").objects.select_related("site").order_by("pk"):
        # What no step tells of was written past the actions; it is known from now on.
        _promise(
            enter,
            standing,
            (row.site_id, row.source),
            row.amount,
            at=timezone.now(),
            by=row.site.approved_by_id,
        )


def _promise(enter, standing: dict, place: tuple[int, str], amount, *, at, by) -> None:
    before, (site, source) = standing.pop(place, None), place
    if before and before.amount == amount:
        standing[place] = before
        return
    of_source = {"kind": "committed", "source": source, "at": at, "by": by}
    if before:
        memo = f"承诺改为 {amount:,.2f} 元".replace(".00 ", " ")
        enter(site, amount=before.amount, reverses=before, memo=memo, **of_source)
    if amount:
        standing[place] = enter(site, amount=amount, memo="配套承诺", **of_source)


def _writers(apps) -> dict[tuple[int, str], Iterator[int]]:
    """Who made the changes of a site's source, one after the other, as the log of operations says."""
    found = {}
    for event in apps.get_model("organizations", "AuditEvent").objects.filter(action="修改配套承诺").order_by("id"):
        for source in event.detail.get("amounts", {}):
            found.setdefault((event.object_id, source), []).append(event.actor_id)
    return {place: iter(actors) for place, actors in found.items()}


def _enter_tables(apps, enter) -> None:
    for table in _latest(apps):
        for line in table.lines.order_by("position"):
            for source in SOURCES:
                if amount := getattr(line, source):
                    enter(
                        line.site_id,
                        kind="issued",
                        source=source,
                        amount=amount,
                        happened_on=table.issued_on,
                        memo=table.document_number,
                        table=table,
                        at=table.issued_at,
                        by=table.issued_by_id,
                    )


def _latest(apps):
    """The version of each programme that is in force."""
    tables = apps.get_model("funding", "AllocationTable").objects.filter(status="issued").order_by("number")
    return {table.programme_id: table for table in tables}.values()


def out_of_ledger(apps, schema_editor):
    """The entries stay until their table goes; where the commitments were not removed yet, they stand as they did."""
    get = apps.get_model
    commitment, step, entry = (get("funding", name) for name in ["MatchingCommitment", "CommitmentStep", "LedgerEntry"])
    if commitment.objects.exists() or step.objects.exists():
        return
    promises = entry.objects.filter(kind="committed", is_in_kind=False)
    for row in promises.filter(reverses=None, reversal=None):
        commitment.objects.create(site_id=row.site_id, source=row.source, amount=row.amount)
    promised = {}
    for row in promises.order_by("recorded_at", "pk"):
        place = (row.site_id, row.source, row.recorded_at)
        promised[place] = Decimal(0) if row.reverses_id else row.amount
    for (site, source, moment), amount in promised.items():
        step.objects.create(site_id=site, source=source, amount=amount, made_at=moment)


def add_purposes(apps, schema_editor):
    purpose = apps.get_model("funding", "SpendingPurpose")
    purpose.objects.bulk_create(purpose(name=name, position=place) for place, name in enumerate(PURPOSES, 1))


def remove_purposes(apps, schema_editor):
    apps.get_model("funding", "SpendingPurpose").objects.filter(name__in=PURPOSES).delete()


class Migration(migrations.Migration):
    dependencies = [("funding", "0003_ledger"), ("organizations", "0003_calendar_exceptions")]
    operations = [
        migrations.RunPython(into_ledger, out_of_ledger),
        migrations.RunPython(add_purposes, remove_purposes),
    ]
