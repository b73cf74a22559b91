"""What the system knows of a site when it is accepted: parts one to four of the 验收评审表, and the dossier's tables.

Plain text and lists only, because it is kept as it was when the acceptance was concluded."""

from datetime import date, datetime

from django.utils import timezone

from assessments.comparison import Comparison, compare
from assessments.hints import veto_hints
from assessments.models import Acceptance
from assessments.veto_check import veto_findings
from fedwork.numbers import plain_number
from funding.money import NOTHING, Money, money_of
from funding.states import EntryKind
from projects.models import ProjectSite, RectificationState, VisitLevel
from projects.schedule.plans import plans

MONEY_SECTION = "资金管理"


def facts_of(acceptance: Acceptance, *, now: datetime) -> dict:
    """As they are, or as they were when the acceptance was concluded."""
    return acceptance.facts if acceptance.is_concluded else gather(acceptance.site, now=now)


def gather(site: ProjectSite, *, now: datetime) -> dict:
    """A fixed number of queries, about thirty."""
    today, found, money = timezone.localdate(now), compare(site), _ledger(site, now)
    return {
        "as_of": f"{timezone.localtime(now):%Y-%m-%d %H:%M}",
        "site": _site(site),
        "tasks": _tasks(site, today),
        "work": [*_work(site, today), *_counted(found)],
        "money": _money(money),
        "rounds": _rounds(found),
        "sections": _sections(found),
        "rates": _rates(found),
        "vetoes": _vetoes(site, now),
        "items": _items(site),
    }


def _site(site: ProjectSite) -> dict:
    programme = site.programme
    nomination = getattr(site, "nomination", None)
    return {
        "project": programme.name,
        "fund": programme.fund_name,
        "name": site.name,
        "kind": f"{site.creation_type}",
        "county": site.county_name,
        "unit": f"{site.township_name}{site.village_name}" or site.name,
        "leader": site.leader_title,
        "phone": nomination.contact_phone if nomination else "",
        "period": f"{programme.first_month:%Y年%-m月}至{programme.last_month:%Y年%-m月}",
    }


def _tasks(site: ProjectSite, today: date) -> list[list[str]]:
    """阶段、计划起止、任务数、完成数、逾期未完成、确认完成"""
    return [
        [
            plan.stage.get_kind_display(),
            f"{plan.stage.starts_on:%Y-%m-%d} 至 {plan.stage.ends_on:%Y-%m-%d}",
            f"{len(plan.lines)}",
            f"{plan.done}",
            f"{sum(line.item.days_overdue(line.progress.percent, today) > 0 for line in plan.lines)}",
            f"{timezone.localdate(plan.stage.completed_at)}" if plan.stage.is_completed else "",
        ]
        for plan in plans([site], today).get(site.pk, [])
    ]


def _work(site: ProjectSite, today: date) -> list[list[str]]:
    """工作、应做、实际"""
    reports = site.reports.begun(today)
    accepted = reports.accepted().count()
    visits = list(site.visits.current().filter(level=VisitLevel.CITY).values_list("happened_on", flat=True))
    months = {(day.year, day.month) for day in visits}
    due = reports.count()
    found = [["月报", f"应报 {due} 份", f"审核通过 {accepted} 份"]]
    if site.programme.has_monthly_visits:
        found.append(["市妇联到点指导", f"每月一次，共 {due} 个月", f"{len(visits)} 次，到了 {len(months)} 个月"])
    return found


def _counted(found: Comparison) -> list[list[str]]:
    """What the rubric counts by itself: 培训场次、人次, archive, logs; money has a part of its own."""
    rows = []
    for group in found.groups:
        for row in group.rows if group.section.name != MONEY_SECTION else []:
            line = next((line for line in reversed(row.lines) if line), None)
            if line and row.criterion.is_automatic:
                rows.append([row.criterion.content, _wanted(row.criterion.standard), line.basis])
    return rows


def _wanted(standard: str) -> str:
    """“达到 4 场” of “达到 4 场，得满分”, without the notes below it."""
    return standard.partition("\n")[0].removesuffix("，得满分")


def _ledger(site: ProjectSite, now: datetime) -> Money:
    return money_of(ProjectSite.objects.filter(pk=site.pk), now).get(site.pk) or Money()


def _money(money: Money) -> dict:
    """In yuan, to the fen, from the ledger."""
    amounts = {
        "province": money.issued,
        "province_arrived": money.issued_arrived,
        "pledged": money.pledged,
        "matching": money.arrived,
        "arrived": money.all_arrived,
        "spent": money.spent,
        "balance": money.balance,
        "in_kind": money.in_kind.get(EntryKind.ARRIVED, NOTHING),
    }
    return {name: f"{amount:.2f}" for name, amount in amounts.items()}


def _rounds(found: Comparison) -> list[list[str]]:
    """哪一级、得分、等次、提交日期、文号"""
    return [
        [
            each.label,
            plain_number(each.total),
            each.grade,
            f"{timezone.localdate(each.submitted_at)}",
            each.document_number,
        ]
        for each in found.rounds
    ]


def _sections(found: Comparison) -> list[list[str]]:
    """考核项目、分值、自评、县评、市评"""
    return [
        [
            group.section.name,
            plain_number(group.most),
            *(plain_number(points) for points in group.points),
        ]
        for group in found.groups
    ]


def _rates(found: Comparison) -> dict[str, str]:
    """得分率 of each section by the highest level that scored; what doesn't apply isn't counted."""
    last = next((sheet for sheet in reversed(found.sheets) if sheet), None)
    parts = [part for part in last.parts if part.points is not None] if last else []
    return {part.section.name: f"{100 * part.points / part.asked:.0f}%" for part in parts}


def _vetoes(site: ProjectSite, now: datetime) -> list[list[str]]:
    """否决项、核查情况、依据"""
    found = veto_findings([site.pk])[site.pk]
    rows = [[f"{veto.item}", veto.get_state_display(), veto.decision or veto.evidence] for veto in found]
    return rows + [[f"{hint.item}", "系统提示，待核", hint.words] for hint in veto_hints(site, now=now)]


def _items(site: ProjectSite) -> dict:
    states = list(site.rectifications.values_list("state", flat=True))
    closed = states.count(RectificationState.CLOSED)
    return {"raised": len(states), "closed": closed, "open": len(states) - closed}
