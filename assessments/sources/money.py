"""The ledger's part: matching money that has arrived, and how much was spent."""

from datetime import datetime, time
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from assessments.sources.registry import Finding, Scope, Source, register
from funding.amounts import MatchingRule, yuan
from funding.money import Money, money_of
from projects.models import ProjectSite
from projects.states import StageKind

FLOOR, AIM = "配套下限", "配套目标"


def _money(scope: Scope, moment: datetime) -> dict[int, Money]:
    """One query for each moment that is asked for."""
    if ("money", moment) not in scope.memo:
        scope.memo["money", moment] = money_of(ProjectSite.objects.filter(pk__in=scope.ids), moment)
    return scope.memo["money", moment]


def _book(site: ProjectSite) -> tuple[tuple[str, str], ...]:
    return (("资金账簿", reverse("funding:site_book", args=[site.pk])),)


def read_arrival(scope: Scope) -> dict[int, Finding]:
    """配套到位: cash that arrived, never what was promised (S0: 最低 1 万元，争取 1:1)."""
    rule, money = MatchingRule.of(scope.programme), _money(scope, scope.moment)
    return {site.pk: _arrival(site, money.get(site.pk) or Money(), rule) for site in scope.listed}


def _arrival(site: ProjectSite, money: Money, rule: MatchingRule) -> Finding:
    known = {FLOOR: rule.floor, AIM: site.province_amount * rule.target}
    words = f"配套到位 {yuan(money.arrived)} 元；下限 {yuan(known[FLOOR])} 元，目标 {yuan(known[AIM])} 元"
    return Finding(money.arrived, words, _book(site), known)


def read_spending(scope: Scope) -> dict[int, Finding]:
    """支付进度 by the end of the building stage, or by now while it lasts."""
    moment = min(scope.moment, _end_of_building(scope))
    money = _money(scope, moment)
    return {site.pk: _spending(site, money.get(site.pk) or Money(), moment) for site in scope.listed}


def _end_of_building(scope: Scope) -> datetime:
    stage = scope.programme.stages.filter(kind=StageKind.BUILD).first()
    return timezone.make_aware(datetime.combine(stage.ends_on, time.max)) if stage else scope.moment


def _spending(site: ProjectSite, money: Money, moment: datetime) -> Finding:
    day = timezone.localdate(moment)
    rate = money.spending_rate
    percent = None if rate is None else Decimal(int(rate * 10_000)) / 100
    words = f"到 {day.month} 月 {day.day} 日，到位 {yuan(money.all_arrived)} 元，支出 {yuan(money.spent)} 元"
    return Finding(percent, words if percent is not None else "还没有到位的资金", _book(site))


register(
    Source("arrival", "配套到位额", read_arrival, names=(FLOOR, AIM)),
    Source("spending", "支付进度", read_spending, is_share=True),
)
