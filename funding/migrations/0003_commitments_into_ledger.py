"""What was promised and issued until now becomes entries; and the usual purposes of spending."""

from django.db import migrations
from django.utils import timezone

PURPOSES = ["阵地建设", "设备购置", "教育培训", "活动开展", "关爱救助", "维权服务"]
SOURCES = ["province", "county", "township", "village", "social"]


def into_ledger(apps, schema_editor):
    commitment, entry = apps.get_model("funding", "MatchingCommitment"), apps.get_model("funding", "LedgerEntry")
    now, keeper = timezone.now(), apps.get_model("organizations", "User").objects.order_by("pk").first()
    for row in commitment.objects.filter(amount__gt=0).select_related("site"):
        entry.objects.create(
            site_id=row.site_id,
            kind="committed",
            source=row.source,
            amount=row.amount,
            happened_on=timezone.localdate(row.site.approved_at or now),
            memo="配套承诺",
            recorded_at=now,
            recorded_by_id=row.site.approved_by_id or keeper.pk,
        )
    for table in _latest(apps):
        for line in table.lines.all():
            for source in SOURCES:
                if amount := getattr(line, source):
                    entry.objects.create(
                        site_id=line.site_id,
                        kind="issued",
                        source=source,
                        amount=amount,
                        happened_on=table.issued_on,
                        memo=table.document_number,
                        table=table,
                        recorded_at=now,
                        recorded_by_id=table.issued_by_id,
                    )


def _latest(apps):
    """The version of each programme that is in force."""
    tables = apps.get_model("funding", "AllocationTable").objects.filter(status="issued").order_by("number")
    return {table.programme_id: table for table in tables}.values()


def out_of_ledger(apps, schema_editor):
    commitment, entry = apps.get_model("funding", "MatchingCommitment"), apps.get_model("funding", "LedgerEntry")
    for row in entry.objects.filter(kind="committed", is_in_kind=False, reverses=None, reversal=None):
        commitment.objects.create(site_id=row.site_id, source=row.source, amount=row.amount)


def add_purposes(apps, schema_editor):
    purpose = apps.get_model("funding", "SpendingPurpose")
    purpose.objects.bulk_create(purpose(name=name, position=place) for place, name in enumerate(PURPOSES, 1))


def remove_purposes(apps, schema_editor):
    apps.get_model("funding", "SpendingPurpose").objects.filter(name__in=PURPOSES).delete()


class Migration(migrations.Migration):
    dependencies = [("funding", "0002_ledger"), ("organizations", "0003_calendar_exceptions")]
    operations = [
        migrations.RunPython(into_ledger, out_of_ledger),
        migrations.RunPython(add_purposes, remove_purposes),
    ]
