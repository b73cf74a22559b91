"""What the records say of a period, as the sentences of a bulletin. The editor takes them over and may change them."""

from datetime import date
from itertools import groupby

from django.db.models import Count, Sum

from projects.models import Activity, Programme, Publicity

MOST_TITLES = 6  # so many are named of each kind and channel


def activity_words(programme: Programme, since: date, until: date) -> str:
    """A line for each kind of work, with the numbers and the newest titles; two queries."""
    found = _of(Activity, programme, since, until)
    sums = found.values("kind").annotate(
        count=Count("pk"), sites=Count("site", distinct=True), people=Sum("person_times")
    )
    by_kind = {row["kind"]: row for row in sums.order_by()}
    rows = found.select_related("kind", "site").order_by("kind__position", "kind", "-happened_on", "-pk")
    lines = []
    for kind, activities in groupby(rows, key=lambda activity: activity.kind):
        row, named = by_kind[kind.pk], list(activities)[:MOST_TITLES]
        people = f"、{row['people']} 人次" if row["people"] else ""
        told = "；".join(f"{each.site}开展{each.title}" for each in named)
        lines.append(f"{kind}：{row['sites']} 个项目点开展 {row['count']} 次{people}。{told}{_more(row['count'])}。")
    return "\n".join(lines)


def publicity_words(programme: Programme, since: date, until: date) -> str:
    """A line for each channel; one query."""
    rows = _of(Publicity, programme, since, until).select_related("channel", "site")
    lines = []
    ordered = rows.order_by("channel__position", "channel", "-happened_on", "-pk")
    for channel, pieces in groupby(ordered, key=lambda piece: piece.channel):
        pieces = list(pieces)
        told = "、".join(f"{each.site}《{each.title}》" for each in pieces[:MOST_TITLES])
        lines.append(f"{channel} {len(pieces)} 篇：{told}{_more(len(pieces))}。")
    return "\n".join(lines)


def _of(model, programme: Programme, since: date, until: date):
    return model.objects.current().filter(site__programme=programme, happened_on__range=[since, until])


def _more(count: int) -> str:
    return "等" if count > MOST_TITLES else ""
