"""自查自评 → 整改 → 市评 → 验收 → 省验 (S0: 完善档案、自查整改、督查评估、迎接省验收): what stands in the way of each step.

Pure questions; the actions ask them with the site's row locked."""

from dataclasses import dataclass

from assessments.models import Acceptance, Conclusion, RoundFinding, RoundLevel, ScoreRound, VetoState
from assessments.veto_check import vetoed
from fedwork import clock
from projects.models import ProjectSite, Rectification, RectificationState
from projects.states import Mark


def open_items(site: ProjectSite) -> list[Rectification]:
    """Every unsettled 整改事项 of the site, whatever found it."""
    items = site.rectifications.exclude(state=RectificationState.CLOSED)
    return list(items.select_related("organization").order_by("due_on", "pk"))


def _found_below_city(site: ProjectSite) -> list[Rectification]:
    findings = RoundFinding.objects.unsettled().filter(round__site=site, round__level__lt=RoundLevel.CITY)
    return [finding.rectification for finding in findings.select_related("rectification")]


def submission_refusals(score_round: ScoreRound) -> list[str]:
    """Why the city can't submit its score yet. A site with a confirmed veto is judged as it stands: who refuses to
    rectify can't hold up the review."""
    site = score_round.site
    if score_round.level != RoundLevel.CITY or vetoed([site.pk]):
        return []
    found = [f"{each.label}还没有提交。" for each in _open_rounds(site) if each.level < RoundLevel.CITY]
    return found + [f"整改事项 {item.number} 还没有销号：{item.problem[:40]}" for item in _found_below_city(site)]


def _open_rounds(site: ProjectSite) -> list[ScoreRound]:
    return list(site.score_rounds.filter(submitted_at=None).order_by("level"))


def opening_refusals(site: ProjectSite, last: Acceptance | None) -> list[str]:
    """Why no acceptance of the site can begin; `last` is the one before."""
    if last and is_settled(site, last):
        return [f"验收结论已是“{last.get_conclusion_display()}”，不再验收。"]
    found = [f"还没有{level.label}。" for level in _missing_levels(site)]
    found += [f"{each.label}还没有提交。" for each in _open_rounds(site)]
    if last and last.due_on and clock.today() <= last.due_on and not vetoed([site.pk]):
        found += [f"整改事项 {item.number} 还没有销号，整改时限是 {last.due_on}。" for item in open_items(site)]
    return found


def is_settled(site: ProjectSite, last: Acceptance | None) -> bool:
    """Whether the last conclusion is final: 限期整改 isn't, and an objection upheld since opens the way again, as does a
    veto confirmed for a site that had passed."""
    if last is None or last.conclusion not in {Conclusion.PASSED, Conclusion.FAILED}:
        return False
    if last.conclusion == Conclusion.PASSED and vetoed([site.pk]):
        return False
    return not site.objections.filter(is_upheld=True, decided_at__gt=last.concluded_at).exists()


def scoring_refusal(site: ProjectSite) -> str:
    """Nobody scores a site again once it is accepted or has failed."""
    last = site.acceptances.order_by("-number").first()
    return f"验收结论已是“{last.get_conclusion_display()}”，不再评分。" if is_settled(site, last) else ""


def _missing_levels(site: ProjectSite) -> list[RoundLevel]:
    wanted = [RoundLevel.SELF, RoundLevel.COUNTY, RoundLevel.CITY]
    done = set(site.score_rounds.submitted().values_list("level", flat=True))
    return [level for level in wanted if level not in done and (level != RoundLevel.COUNTY or site.county_name)]


def conclusion_refusals(acceptance: Acceptance, conclusion: str, deciding: ScoreRound) -> list[str]:
    """Why the site can't be told this. The score is by `deciding`, the newest of the city."""
    site = acceptance.site
    found = [f"{each.label}还没有提交。" for each in _open_rounds(site)]
    is_vetoed, items = bool(vetoed([site.pk])), open_items(site)
    if site.vetoes.filter(state=VetoState.PROPOSED).exists():
        found.append("有一票否决情形还没有认定，认定以后再作结论。")
    if is_vetoed and conclusion != Conclusion.FAILED:
        found.append("一票否决项已经认定，结论只能是“不通过”。")
    if conclusion == Conclusion.PASSED:
        found += [f"整改事项 {item.number} 还没有销号，不能通过。" for item in items]
        if deciding.is_lowest:
            found.append(f"得分 {deciding.total.normalize():f}，等次“{deciding.grade}”，不能通过。")
    if conclusion == Conclusion.RECTIFY and not items:
        found.append("还没有交办整改事项：请先从市评扣分的条目交办，再定限期整改。")
    return found


def province_refusal(site: ProjectSite) -> str:
    """The province is shown what the city has passed."""
    last = site.acceptances.order_by("-number").first()
    if last is None or not last.is_concluded:
        return "市级验收作出结论以后，才能登记省验结果。"
    if last.conclusion != Conclusion.PASSED:
        return f"市级验收结论是“{last.get_conclusion_display()}”，不能登记省验结果。"
    if vetoed([site.pk]):
        return "一票否决项已经认定，结果为不通过，不能登记省验结果。"
    return ""


@dataclass(frozen=True)
class Step:
    """One step on the way: its mark says how far it is, `words` what there is."""

    label: str
    mark: Mark
    words: str


def steps(site: ProjectSite) -> list[Step]:
    """The way of a site, in order; five queries."""
    newest = {each.level: each for each in site.score_rounds.order_by("number")}
    levels = [level for level in RoundLevel if level != RoundLevel.COUNTY or site.county_name]
    rounds = {level: _step_of_round(level, newest.get(level)) for level in levels}
    *below, province = rounds.values()
    city = below.pop()
    return [*below, _step_of_items(site), city, _step_of_acceptance(site), province]


def _step_of_round(level: RoundLevel, score_round: ScoreRound | None) -> Step:
    if score_round is None:
        return Step(level.label, Mark("未开始", "idle"), "")
    if not score_round.is_submitted:
        return Step(level.label, Mark("评分中", "wait"), "")
    words = f"{score_round.total.normalize():f} 分，{score_round.grade}"
    return Step(level.label, Mark("已完成", "ok"), words)


def _step_of_items(site: ProjectSite) -> Step:
    states = list(site.rectifications.values_list("state", flat=True))
    unsettled = len(states) - states.count(RectificationState.CLOSED)
    if not states:
        return Step("整改", Mark("没有交办", "idle"), "")
    mark = Mark(f"{unsettled} 项未销号", "warn") if unsettled else Mark("已完成", "ok")
    return Step("整改", mark, f"交办 {len(states)} 项，销号 {len(states) - unsettled} 项")


def _step_of_acceptance(site: ProjectSite) -> Step:
    last = site.acceptances.order_by("-number").first()
    if last is None:
        return Step("市级验收", Mark("未开始", "idle"), "")
    due = f"{last.due_on} 前整改到位" if last.due_on else ""
    return Step("市级验收", last.mark, due)
