"""What shows that an output of a stage is there. A further proof is one function here and one choice in ProofKind.

@proof(ProofKind.TASKS, who="填报岗位")
def tasks_done(stage: Stage, parameter: str) -> Finding: ...
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from projects import rules
from projects.archive.catalogue import site_catalogue
from projects.findings import group_finding, plan_finding
from projects.models import MeetingKind, MonthlyReport, PlanConfirmation, ScheduleItem, Stage
from projects.schedule.reached import with_reached
from projects.states import ProofKind, ReportStatus
from projects.trainings import coverage

MOST_NAMED = 3


@dataclass(frozen=True)
class Finding:
    """Whether it is there, in a sentence, and the page that shows it."""

    is_there: bool
    words: str
    url: str = ""


@dataclass(frozen=True)
class Proof:
    """`who` brings it about; `opens` says who may open the page of the finding."""

    find: Callable[[Stage, str], Finding]
    who: str
    opens: Callable[..., bool]


PROOFS: dict[str, Proof] = {}


def proof(kind: ProofKind, *, who: str, opens: Callable[..., bool] = rules.can_view_projects):
    """Registers the function that looks for outputs of this kind."""

    def register(find: Callable[[Stage, str], Finding]):
        PROOFS[kind] = Proof(find, who, opens)
        return find

    return register


@proof(ProofKind.TASKS, who="填报岗位")
def tasks_done(stage: Stage, parameter: str) -> Finding:
    """The tasks of the stage (those whose name has the parameter in it) are reported as done."""
    items = with_reached(ScheduleItem.objects.filter(stage=stage, name__contains=parameter))
    items, url = list(items.order_by("due_on", "pk")), _schedule_of(stage)
    if not items:
        return Finding(False, f"日程里没有名称含“{parameter}”的任务" if parameter else "这个阶段没有列任务", url)
    undone = [item for item in items if item.reached < 100]
    if not undone:
        return Finding(True, f"{len(items)} 项任务都已完成", url)
    named = "、".join(f"“{item}”（{item.reached}%）" for item in undone[:MOST_NAMED])
    more = f"等 {len(undone)} 项" if len(undone) > MOST_NAMED else ""
    return Finding(False, f"还没有完成：{named}{more}，完成后在月报里报 100%", url)


@proof(ProofKind.MEETING, who="市妇联", opens=rules.can_view_meetings)
def meeting_held(stage: Stage, parameter: str) -> Finding:
    """A meeting of the programme, of the kind called so (动员会 if nothing is said), was held."""
    name = parameter or MeetingKind.LAUNCH.label
    kinds = [kind for kind, label in MeetingKind.choices if label == name]
    meetings = stage.site.programme.meetings.filter(kind__in=kinds, held_on__lte=clock.today())
    if found := meetings.order_by("held_on").first():
        return Finding(True, str(found), found.get_absolute_url())
    return Finding(False, f"还没有登记已召开的{name}", reverse("projects:meeting_list"))


@proof(ProofKind.PLAN, who="填报岗位")
def plan_confirmed(stage: Stage, parameter: str) -> Finding:
    """The site stands by its schedule."""
    url, found = _schedule_of(stage), PlanConfirmation.objects.filter(site=stage.site_id)
    if confirmed := found.select_related("confirmed_by").first():
        return Finding(True, f"{confirmed.confirmed_by}于 {_day(confirmed.confirmed_at)}确认", url)
    return Finding(False, "还没有核对、确认本项目点的日程", url)


@proof(ProofKind.REPORTS, who="填报岗位和审核单位")
def reports_accepted(stage: Stage, parameter: str) -> Finding:
    """The monthly reports of all months of the stage were accepted."""
    months = MonthlyReport.objects.filter(
        site=stage.site_id, month__gte=stage.starts_on.replace(day=1), month__lte=stage.ends_on
    )
    open_ones = list(months.exclude(status=ReportStatus.ACCEPTED).order_by("month"))
    if open_ones:
        named = "、".join(f"{report.month.month}月（{report.get_status_display()}）" for report in open_ones)
        return Finding(False, f"月报还没有全部通过：{named}", open_ones[0].get_absolute_url())
    return Finding(True, f"{months.count()} 个月的月报都已通过", stage.site.get_absolute_url())


@proof(ProofKind.GROUP, who="县妇联和填报岗位")
def group_established(stage: Stage, parameter: str) -> Finding:
    """The site has a working group with a head, and its county a leading group (S0: 成立组织)."""
    found = group_finding(stage.site)
    return Finding(found.is_met, found.words.rstrip("。"), reverse("projects:group_chart"))


@proof(ProofKind.IMPLEMENTATION, who="填报岗位和县妇联")
def implementation_approved(stage: Stage, parameter: str) -> Finding:
    """A plan of the site is approved (0-20: needed to leave the launch stage)."""
    found = plan_finding(stage.site)
    return Finding(found.is_met, found.words.rstrip("。"), reverse("projects:plan_list"))


@proof(ProofKind.TRAINED, who="市妇联")
def people_trained(stage: Stage, parameter: str) -> Finding:
    """Head and secretary of the site were at a training of the programme (0-10, 0-11)."""
    (row,) = coverage([stage.site], stage.site.programme).rows
    lacking = [kind.label for kind, post in row.posts.items() if not post.trainings]
    words = f"还没有参加培训：{'、'.join(lacking)}" if lacking else "应参加培训的岗位都已参加"
    return Finding(not lacking, words, reverse("projects:training_coverage"))


@proof(ProofKind.ARCHIVE, who="填报岗位")
def papers_filed(stage: Stage, parameter: str) -> Finding:
    """The category called so has what is asked for; without a name, all that must be there by now."""
    catalogue = site_catalogue(stage.site, clock.today())
    url = reverse("projects:archive_site", args=[stage.site_id])
    asked = [section for section in catalogue.asked if parameter in {"", section.name}]
    lacking = [f"{section.name}{section.mark.word}" for section in asked if section.is_missing]
    if not asked:
        return Finding(False, f"资料目录里没有要求“{parameter}”" if parameter else "资料目录还没有要求", url)
    return Finding(not lacking, f"资料还没有齐：{'、'.join(lacking)}" if lacking else "要求的资料都已齐", url)


def _schedule_of(stage: Stage) -> str:
    return reverse("projects:schedule_site", args=[stage.site_id])


def _day(moment) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日"
