"""验收: begun by the city when every round is in, the county's opinion, the conclusion. The site's row is the lock."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assessments import order, rules
from assessments.facts import gather
from assessments.hands import has_hand_in
from assessments.models import Acceptance, AcceptanceState, Conclusion, RoundLevel, ScoreRound
from assessments.sheet import team_problems
from fedwork import clock
from organizations.models import AuditEvent
from projects.models import ProjectSite

MOVED_ON = "您打开之后，这次验收又有新的办理，请看过再办。"


@dataclass(frozen=True)
class Verdict:
    """What the city decides, with its group's words."""

    conclusion: str
    team: str
    opinion: str
    city_opinion: str
    due_on: date | None = None


@transaction.atomic
def open_acceptance(site: ProjectSite, *, by) -> Acceptance:
    """The open acceptance, begun if there is none. Raises ValidationError with everything that is missing."""
    site = _locked_site(site)
    if not rules.can_accept(by, site):
        raise PermissionDenied
    last = site.acceptances.order_by("-number").first()
    if last and not last.is_concluded:
        return last
    if refusals := order.opening_refusals(site, last):
        raise ValidationError(refusals)
    number = last.number + 1 if last else 1
    state = AcceptanceState.COUNTY if site.county_name else AcceptanceState.CITY
    made = Acceptance(site=site, number=number, state=state, opened_at=clock.now(), opened_by=by)
    made.save(force_insert=True)
    AuditEvent.objects.record(f"开始{made.label}", made, by=by, organization=site.organization)
    return made


@transaction.atomic
def give_county_opinion(acceptance: Acceptance, *, by, version: int, opinion: str) -> Acceptance:
    """县级意见, after which the city can conclude."""
    acceptance = _locked(acceptance, version, AcceptanceState.COUNTY)
    if not rules.can_give_county_opinion(by, acceptance) or has_hand_in(by, acceptance.site, RoundLevel.COUNTY):
        raise PermissionDenied
    if not opinion.strip():
        raise ValidationError({"county_opinion": "请写明县级意见。"})
    acceptance.county_opinion, acceptance.county_by, acceptance.county_at = opinion.strip(), by, clock.now()
    acceptance.state = AcceptanceState.CITY
    _save(acceptance, "county_opinion", "county_by", "county_at", "state")
    _record("验收县级意见", acceptance, by=by)
    return acceptance


@transaction.atomic
def conclude(acceptance: Acceptance, verdict: Verdict, *, by, version: int) -> Acceptance:
    """作出结论: what the system knows is kept with it, and the row is closed for good. Raises ValidationError with
    everything that stands in the way."""
    acceptance = _locked(acceptance, version, AcceptanceState.CITY)
    if not rules.can_accept(by, acceptance.site) or has_hand_in(by, acceptance.site, RoundLevel.CITY):
        raise PermissionDenied
    deciding = _deciding(acceptance.site)
    _take_over(acceptance, verdict)
    _refuse_incomplete(acceptance)
    if refusals := order.conclusion_refusals(acceptance, verdict.conclusion, deciding):
        raise ValidationError(refusals)
    now = clock.now()
    acceptance.facts = gather(acceptance.site, now=now)
    acceptance.total, acceptance.grade = deciding.total, deciding.grade
    acceptance.concluded_at, acceptance.concluded_by = now, by
    acceptance.state = AcceptanceState.CONCLUDED
    _save(acceptance, *CONCLUDING)
    _record("验收结论", acceptance, by=by, conclusion=acceptance.get_conclusion_display(), total=str(acceptance.total))
    return acceptance


CONCLUDING = [
    "conclusion",
    "team",
    "opinion",
    "city_opinion",
    "due_on",
    "facts",
    "total",
    "grade",
    "concluded_at",
    "concluded_by",
    "state",
]


def _deciding(site: ProjectSite) -> ScoreRound:
    """The city's newest score."""
    return site.score_rounds.submitted().filter(level=RoundLevel.CITY).order_by("-number").first()


def _take_over(acceptance: Acceptance, verdict: Verdict) -> None:
    acceptance.conclusion, acceptance.due_on = verdict.conclusion, verdict.due_on
    acceptance.team, acceptance.opinion = verdict.team.strip(), verdict.opinion.strip()
    acceptance.city_opinion = verdict.city_opinion.strip()


def _refuse_incomplete(acceptance: Acceptance) -> None:
    problems = {}
    if acceptance.conclusion not in Conclusion.values:
        problems["conclusion"] = "请选择验收结论。"
    if not acceptance.opinion:
        problems["opinion"] = "请写明验收组意见。"
    if team := team_problems(acceptance):
        problems["team"] = team
    if acceptance.conclusion == Conclusion.RECTIFY and (not acceptance.due_on or acceptance.due_on <= clock.today()):
        problems["due_on"] = "限期整改要写明今天以后的日期。"
    if acceptance.conclusion != Conclusion.RECTIFY and acceptance.due_on:
        problems["due_on"] = "只有限期整改才写整改时限。"
    if problems:
        raise ValidationError(problems)


def _locked_site(site: ProjectSite) -> ProjectSite:
    rows = ProjectSite.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("programme__organization", "organization", "creation_type").get(pk=site.pk)


def _locked(acceptance: Acceptance, version: int, state: AcceptanceState) -> Acceptance:
    site = _locked_site(acceptance.site)
    acceptance = Acceptance.objects.select_for_update(of=("self",)).for_page().get(pk=acceptance.pk)
    acceptance.site = site
    if acceptance.version != version or acceptance.state != state:
        raise ValidationError(MOVED_ON, code="stale")
    return acceptance


def _save(acceptance: Acceptance, *fields: str) -> None:
    acceptance.version += 1
    acceptance.save(update_fields=["version", *fields])


def _record(action: str, acceptance: Acceptance, *, by, **detail) -> None:
    AuditEvent.objects.record(action, acceptance, by=by, organization=acceptance.site.organization, **detail)
