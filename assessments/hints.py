"""系统提示: what the ledger and the 督查台账 know about a site's veto items. Nothing follows from a hint by itself: a
person proposes the veto and another one decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from assessments.actions.vetoes import veto_items
from assessments.models import VetoItem, VetoSource, VetoState
from funding.amounts import MatchingRule, in_words, yuan
from funding.board import Span, Standing
from funding.money import Money, money_of
from projects.models import ProjectSite

Link = tuple[str, str]


@dataclass(frozen=True)
class Hint:
    """`words` are the figures, `links` (label, address) where they come from."""

    site: ProjectSite
    item: VetoItem
    words: str
    links: tuple[Link, ...]

    @property
    def propose_url(self) -> str:
        """The proposal, filled in."""
        return f"{reverse('assessments:veto_propose', args=[self.site.pk])}?{urlencode({'item': self.item.pk})}"

    @property
    def evidence(self) -> str:
        """As the proposal begins; whoever proposes it checks and completes it."""
        return f"系统提示：{self.words}（出处：{'、'.join(label for label, _ in self.links)}）"


def veto_hints(site: ProjectSite, *, now: datetime) -> list[Hint]:
    """Of the items by which the site is judged, those that nobody has proposed yet or that were confirmed. At most six
    queries."""
    settled = site.vetoes.exclude(state=VetoState.DISMISSED).values("item")
    found = []
    for item in veto_items(site).exclude(source="").exclude(pk__in=settled):
        words, links = READERS[item.source](site, now)
        if words:
            found.append(Hint(site, item, words, links))
    return found


def _matching(site: ProjectSite, now: datetime) -> tuple[str, tuple[Link, ...]]:
    """S0: 配套最低 1 万元, by what has arrived (funding/board.py holds the rule)."""
    money = money_of(ProjectSite.objects.filter(pk=site.pk), now).get(site.pk) or Money()
    rule, today = MatchingRule.of(site.programme), timezone.localdate(now)
    standing = Standing(site, money, rule, Span.of(site.programme, today))
    links = (("资金账簿", reverse("funding:site_book", args=[site.pk])),)
    if not (rule.is_asked and standing.is_below_floor):
        return "", links
    words = f"截至{_day(today)}，配套资金到位 {yuan(money.arrived)} 元，低于下限 {in_words(rule.floor)}"
    return f"{words}，还差 {yuan(standing.gap_to_floor)} 元；承诺 {yuan(money.pledged)} 元不算到位", links


def _overdue(site: ProjectSite, now: datetime) -> tuple[str, tuple[Link, ...]]:
    """整改事项 whose date has passed and for which nothing was handed in."""
    today = timezone.localdate(now)
    items = list(site.rectifications.in_state("overdue", today).order_by("due_on", "pk"))
    told = [
        f"{item.number}（{item.source_words}：{item.problem[:40]}）应于{_day(item.due_on)}前整改，逾期 "
        f"{-item.days_left(today)} 天"
        for item in items
    ]
    words = f"截至{_day(today)}，{len(items)} 项整改逾期没有报送：{'；'.join(told)}" if items else ""
    return words, tuple((f"整改事项 {item.number}", item.get_absolute_url()) for item in items)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


READERS: dict[str, Callable[[ProjectSite, datetime], tuple[str, tuple[Link, ...]]]] = {
    VetoSource.MATCHING: _matching,
    VetoSource.RECTIFICATION: _overdue,
}
