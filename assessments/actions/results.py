"""公示: the list is frozen as it stands, objections are recorded while it lasts and answered by somebody who didn't score."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from assessments import rules
from assessments.hands import has_judged
from assessments.models import (
    Acceptance,
    AcceptanceState,
    Conclusion,
    Objection,
    Publication,
    PublishedResult,
    RoundLevel,
    ScoreRound,
)
from assessments.results import Result, results, with_sites
from fedwork import clock
from organizations.calendar import load_calendar
from organizations.models import AuditEvent
from projects.models import Programme, ProjectSite


@transaction.atomic
def publish_results(programme: Programme, *, by, starts_on: date, workdays: int, contact: str) -> Publication:
    """Every site with a conclusion, ranked as of now. Raises ValidationError and PermissionDenied."""
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    if not rules.can_publish_results(by, programme):
        raise PermissionDenied
    calendar = load_calendar()
    starts_on = calendar.next_workday(starts_on)
    if starts_on < clock.today():
        raise ValidationError({"starts_on": "公示开始不能早于今天。"})
    last = programme.publications.order_by("-number").first()
    if last and last.objections.unanswered().exists():
        raise ValidationError("上一次公示还有异议没有答复，答复以后再公示。")
    rows = [row for row in with_sites(results(programme)) if row.is_concluded]
    if not rows:
        raise ValidationError("还没有项目点作出验收结论，没有可以公示的。")
    if reopened := _reopened(rows):
        raise ValidationError(f"{reopened}正在重新评分或者验收，作出结论以后再公示。")
    if last and _lines(last) == [_line(row) for row in rows]:
        raise ValidationError(f"第 {last.number} 次公示以后，名单没有变动，不用再公示。")
    publication = Publication(
        programme=programme,
        number=last.number + 1 if last else 1,
        starts_on=starts_on,
        workdays=workdays,
        ends_on=calendar.add_workdays(starts_on, workdays - 1) if workdays > 1 else starts_on,
        contact=contact.strip(),
        published_at=clock.now(),
        published_by=by,
    )
    publication.full_clean()
    publication.save(force_insert=True)
    PublishedResult.objects.bulk_create(_frozen(publication, row) for row in rows)
    _record("公示验收结果", publication, by=by, organization=programme.organization, sites=len(rows))
    return publication


def _reopened(rows: list[Result]) -> str:
    """A site whose final conclusion is being gone over: its score isn't the one that was concluded on."""
    final = [row.site_id for row in rows if row.conclusion != Conclusion.RECTIFY]
    concluded = Acceptance.objects.concluded().filter(site=OuterRef("site")).order_by("-number")
    again = ScoreRound.objects.filter(
        site__in=final, level=RoundLevel.CITY, opened_at__gt=Subquery(concluded.values("concluded_at")[:1])
    )
    opened = Acceptance.objects.filter(site__in=final).exclude(state=AcceptanceState.CONCLUDED)
    sites = ProjectSite.objects.filter(Q(pk__in=again.values("site")) | Q(pk__in=opened.values("site")))
    return "、".join(f"“{site}”" for site in sites.by_county())


def _line(row: Result) -> tuple:
    return row.site_id, row.rank, row.rank_in_kind, row.total, row.grade, row.verdict


def _lines(publication: Publication) -> list[tuple]:
    return list(publication.rows.order_by("pk").values_list(*LINE))


LINE = ["site_id", "rank", "rank_in_kind", "total", "grade", "conclusion"]


def _frozen(publication: Publication, row: Result) -> PublishedResult:
    return PublishedResult(
        publication=publication,
        site=row.site,
        name=row.site.name,
        county_name=row.site.county_name,
        kind=f"{row.site.creation_type}",
        rank=row.rank,
        rank_in_kind=row.rank_in_kind,
        total=row.total,
        grade=row.grade,
        conclusion=row.verdict,
    )


@transaction.atomic
def record_objection(
    publication: Publication, site: ProjectSite, *, by, raised_by: str, text: str, raised_on: date | None = None
) -> Objection:
    """提出异议, while the list is public. Raises ValidationError and PermissionDenied."""
    if not rules.can_object(by, site):
        raise PermissionDenied
    raised_on = raised_on or clock.today()
    if not publication.rows.filter(site=site).exists():
        raise ValidationError("这个项目点不在公示名单里。")
    if raised_on > clock.today():
        raise ValidationError({"raised_on": "提出日期不能晚于今天。"})
    if not publication.is_open(raised_on):
        raise ValidationError(f"公示期是 {publication.starts_on} 至 {publication.ends_on}，不在公示期内。")
    made = Objection(publication=publication, site=site, raised_on=raised_on)
    made.raised_by, made.text = raised_by.strip(), text.strip()
    made.recorded_at, made.recorded_by = clock.now(), by
    made.full_clean()
    made.save(force_insert=True)
    _record("登记公示异议", made, by=by, organization=site.organization, text=made.text[:200])
    return made


@transaction.atomic
def answer_objection(objection: Objection, *, by, is_upheld: bool, answer: str) -> Objection:
    """By the city, and by somebody else than who scored or accepted the site. Upheld, the site can be scored and
    accepted again, and the list is published again."""
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    site = objection.site
    if not rules.can_accept(by, site) or has_judged(by, site):
        raise PermissionDenied
    if objection.decided_at:
        raise ValidationError("这条异议已经答复。", code="stale")
    if not answer.strip():
        raise ValidationError({"answer": "请写明核查情况和答复。"})
    objection.is_upheld, objection.answer = is_upheld, answer.strip()
    objection.decided_at, objection.decided_by = clock.now(), by
    objection.save(update_fields=["is_upheld", "answer", "decided_at", "decided_by"])
    _record("答复公示异议", objection, by=by, organization=site.organization, upheld=is_upheld)
    return objection


def _record(action: str, subject, *, by, organization, **detail) -> None:
    AuditEvent.objects.record(action, subject, by=by, organization=organization, **detail)
