"""Reports, activities, logs, surveys, the archive: what was written down when it happened, counted. One query a source
(the archive's catalogue takes its own), however many sites there are."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone

from assessments.sources.registry import Finding, Scope, Source, register
from projects.archive.board import archive_board
from projects.models import (
    Activity,
    AwarenessSurvey,
    GroupKind,
    ImplementationPlan,
    LeadingGroup,
    MonthlyReport,
    PlanState,
    ProjectSite,
    Publicity,
    WorkLog,
)
from projects.models.report import standing

LOGS_A_MONTH = 2
LEAST_ASKED = 20


def share(part: int, whole: int) -> Decimal | None:
    """Percent, two decimals, rounded down: what isn't all is less than 100. None of nothing."""
    return Decimal(10_000 * part // whole) / 100 if whole else None


def link(label: str, name: str, site: int, fragment: str = "") -> tuple[str, str]:
    return label, reverse(f"projects:{name}", args=[site]) + fragment


def read_on_time(scope: Scope) -> dict[int, Finding]:
    """Reports that were due by now and sent in time (0-23: 按月报送)."""
    asked = standing(scope.moment)
    due = asked["due"] & Q(due_at__lte=scope.moment)
    reports = MonthlyReport.objects.filter(due, site__in=scope.ids).order_by().values("site")
    counts = {
        row["site"]: (row["due"], row["on_time"])
        for row in reports.annotate(due=Count("pk"), on_time=Count("pk", filter=asked["on_time"]))
    }
    return {site: _on_time(site, *counts.get(site, (0, 0))) for site in scope.ids}


def _on_time(site: int, due: int, on_time: int) -> Finding:
    words = f"应报 {due} 个月，按时 {on_time} 个月" if due else "还没有到期的月报"
    return Finding(share(on_time, due), words, (link("月报", "site_detail", site, "#reports"),))


def _activities(scope: Scope) -> list[dict]:
    """By site, kind and whether a festival was the occasion; one query for all sources that count activities."""
    if "activities" not in scope.memo:
        held = Activity.objects.current().filter(site__in=scope.ids, happened_on__lte=scope.today)
        rows = held.order_by().values("site", "kind__name", "kind__is_training", "festival")
        scope.memo["activities"] = list(
            rows.annotate(count=Count("pk"), sessions=Sum("sessions"), people=Sum("person_times"))
        )
    return scope.memo["activities"]


def _sum(words: str, unit: str, number: str, wanted: Callable[[dict], bool]) -> Callable[[Scope], dict[int, Finding]]:
    """A source that adds up `number` over the activities that are `wanted`."""

    def read(scope: Scope) -> dict[int, Finding]:
        sums, records = Counter(), Counter()
        for row in _activities(scope):
            if wanted(row):
                sums[row["site"]] += row[number]
                records[row["site"]] += row["count"]
        return {
            site: Finding(
                Decimal(sums[site]),
                f"{words} {sums[site]} {unit}（{records[site]} 条记录）",
                (link("工作记录", "record_site", site),),
            )
            for site in scope.ids
        }

    return read


def is_gathering(row: dict) -> bool:
    """集中活动: held at a festival, or of the kind of cultural activities."""
    return row["festival"] != "" or row["kind__name"] == "文化娱乐活动"


def read_publicity(scope: Scope) -> dict[int, Finding]:
    pieces = Publicity.objects.current().filter(site__in=scope.ids, happened_on__lte=scope.today).order_by()
    counts = dict(pieces.values_list("site").annotate(count=Count("pk")))
    return {
        site: Finding(
            Decimal(counts.get(site, 0)), f"宣传报道 {counts.get(site, 0)} 篇", (link("工作记录", "record_site", site),)
        )
        for site in scope.ids
    }


def read_awareness(scope: Scope) -> dict[int, Finding]:
    """The last survey; of too few people it says nothing."""
    surveys = AwarenessSurvey.objects.current().filter(site__in=scope.ids, happened_on__lte=scope.today)
    last = {survey.site_id: survey for survey in surveys.order_by("happened_on", "pk")}
    return {site: _awareness(last.get(site)) for site in scope.ids}


def _awareness(survey: AwarenessSurvey | None) -> Finding:
    if survey is None:
        return Finding(None, "还没有知晓率调查")
    words = f"{survey.happened_on:%Y-%m-%d} 询问 {survey.asked} 人，知晓 {survey.aware} 人"
    links = (("知晓率调查", survey.get_absolute_url()),)
    if survey.asked < LEAST_ASKED:
        return Finding(None, f"{words}；不足 {LEAST_ASKED} 人，不能计分", links)
    return Finding(share(survey.aware, survey.asked), words, links)


def read_logs(scope: Scope) -> dict[int, Finding]:
    """Months that have ended with at least two logs of the site itself."""
    logs = WorkLog.objects.current().filter(site__in=scope.ids, happened_on__lte=scope.today).order_by()
    by_month = logs.annotate(month=TruncMonth("happened_on")).values_list("site", "month").annotate(count=Count("pk"))
    written = {(site, month): count for site, month, count in by_month}
    months = [month for month in scope.programme.months() if month + relativedelta(months=1) <= scope.today]
    return {site.pk: _logs(site, months, written) for site in scope.listed}


def _logs(site: ProjectSite, months: list[date], written: Mapping) -> Finding:
    begun = timezone.localdate(site.approved_at).replace(day=1)
    due = [month for month in months if month >= begun]
    kept = [month for month in due if written.get((site.pk, month), 0) >= LOGS_A_MONTH]
    words = f"应记 {len(due)} 个月，每月满 {LOGS_A_MONTH} 篇的 {len(kept)} 个月" if due else "还没有过完的月份"
    return Finding(share(len(kept), len(due)), words, (link("工作日志", "site_detail", site.pk, "#logs"),))


def read_archive(scope: Scope) -> dict[int, Finding]:
    sites = ProjectSite.objects.filter(pk__in=scope.ids)
    return {each.site_id: _archive(each) for each in archive_board(scope.programme, sites, scope.today).standings}


def _archive(standing) -> Finding:
    words = f"应有 {standing.asked} 类，已齐 {standing.there} 类"
    if standing.missing:
        words += f"，缺{standing.missing_names}"
    return Finding(share(standing.there, standing.asked), words, (link("备查资料", "archive_site", standing.site_id),))


def read_group(scope: Scope) -> dict[int, Finding]:
    groups = LeadingGroup.objects.filter(site__in=scope.ids, kind=GroupKind.TEAM)
    found = {group.site_id: group for group in groups.order_by("established_on")}
    return {site: _group(found.get(site)) for site in scope.ids}


def _group(group: LeadingGroup | None) -> Finding:
    if group is None:
        return Finding(None, "系统里还没有登记工作组")
    return Finding(
        None,
        f"{group.established_on:%Y-%m-%d} 成立 {group.document_number}".strip(),
        ((str(group), group.get_absolute_url()),),
    )


def read_plan(scope: Scope) -> dict[int, Finding]:
    plans = ImplementationPlan.objects.filter(site__in=scope.ids).order_by("number")
    found = {plan.site_id: plan for plan in plans}
    return {site: _plan(site, found.get(site)) for site in scope.ids}


def _plan(site: int, plan: ImplementationPlan | None) -> Finding:
    schedule = link("日程", "schedule_site", site)
    if plan is None:
        return Finding(None, "系统里还没有项目点的实施方案", (schedule,))
    approved = f"，{timezone.localdate(plan.approved_at):%Y-%m-%d} 批准" if plan.state == PlanState.APPROVED else ""
    words = f"实施方案{plan.get_state_display()}{approved}"
    return Finding(None, words, (("实施方案", plan.get_absolute_url()), schedule))


def read_files(scope: Scope) -> dict[int, Finding]:
    return {site: Finding(None, "", (link("备查资料", "archive_site", site),)) for site in scope.ids}


def read_records(scope: Scope) -> dict[int, Finding]:
    """Records of the site at large: what it did, said and was found to lack."""
    return {
        site: Finding(
            None, "", (link("工作记录", "record_site", site), link("调研指导", "site_detail", site, "#visits"))
        )
        for site in scope.ids
    }


register(
    Source("on_time", "月报按时率", read_on_time, is_share=True),
    Source("sessions", "培训场次", _sum("培训", "场", "sessions", lambda row: row["kind__is_training"])),
    Source("person_times", "培训人次", _sum("培训", "人次", "people", lambda row: row["kind__is_training"])),
    Source("gatherings", "集中活动次数", _sum("集中活动", "次", "count", is_gathering)),
    Source("care", "关爱救助次数", _sum("关爱救助", "次", "sessions", lambda row: row["kind__name"] == "关爱救助")),
    Source("publicity", "宣传报道篇数", read_publicity),
    Source("awareness", "知晓率", read_awareness, is_share=True),
    Source("logs", "工作日志连续率", read_logs, is_share=True),
    Source("archive", "备查资料齐全率", read_archive, is_share=True),
    Source("group", "工作组", read_group, is_scoring=False),
    Source("plan", "实施方案和日程", read_plan, is_scoring=False),
    Source("files", "备查资料", read_files, is_scoring=False),
    Source("records", "工作记录", read_records, is_scoring=False),
)
