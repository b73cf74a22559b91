"""Rubrics: begun as a draft, filled by hand or from a workbook, published once, followed by a new version."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count

from assessments import rules
from assessments.models import Criterion, Grade, Rubric, RubricSection, VetoItem, VetoSource
from assessments.models.rubric import FULL
from fedwork import clock
from fedwork.numbers import plain_number
from organizations.models import AuditEvent
from projects.models import CreationType

REQUIRED_SECTIONS = ["教育培训", "文化娱乐活动", "关爱救助", "维权帮扶", "资料收集"]
USUAL_GRADES = [("优秀", 90), ("良好", 80), ("合格", 60), ("不合格", 0)]
USUAL_VETOES = [
    ("VT1", "截留、挪用、虚报冒领项目资金", ""),
    ("VT2", "验收时配套资金到位低于 1 万元", VetoSource.MATCHING),
    ("VT3", "资料、数据弄虚作假", ""),
    ("VT4", "擅自变更项目点、内容或停止实施", ""),
    ("VT5", "发生侵害妇女儿童权益重大事件或重大安全责任事故，处置不力或瞒报", ""),
    ("VT6", "督查问题逾期拒不整改", VetoSource.RECTIFICATION),
]


def _locked(rubric: Rubric, *, by) -> Rubric:
    """A draft that the user may change, nobody else's until the transaction ends."""
    rows = Rubric.objects.select_for_update(of=("self",)).select_related("creation_type__programme__organization")
    rubric = rows.get(pk=rubric.pk)
    if rubric.is_published:
        raise ValidationError(f"“{rubric}”已经发布，不能再改；要改请复制成新版。")
    if not rules.can_manage_rubric(by, rubric):
        raise PermissionDenied
    return rubric


def _record(verb: str, rubric: Rubric, *, by, **detail) -> None:
    organization = rubric.programme.organization
    AuditEvent.objects.record(verb, rubric, by=by, organization=organization, version=rubric.version, **detail)


def number_new(rubric: Rubric) -> None:
    """The next version of its type, with the usual grades once it is stored."""
    rubric.version = Rubric.objects.all().next_version(rubric.creation_type)


def offer_usual_rows(rubric: Rubric) -> None:
    """The usual grades and veto items, for the city to change."""
    VetoItem.objects.bulk_create(
        VetoItem(rubric=rubric, code=code, content=words, source=source) for code, words, source in USUAL_VETOES
    )
    if not rubric.grades.exists():
        Grade.objects.bulk_create(Grade(rubric=rubric, name=name, from_points=points) for name, points in USUAL_GRADES)


@transaction.atomic
def create_rubric(kind: CreationType, department: str, *, by) -> Rubric:
    """An empty draft. Raises ValidationError (there is a draft already) and PermissionDenied."""
    CreationType.objects.select_for_update(no_key=True).get(pk=kind.pk)  # of two clicks the second is told
    rubric = Rubric(creation_type=kind, department=department)
    number_new(rubric)
    if not rules.can_manage_rubric(by, rubric):
        raise PermissionDenied
    rubric.full_clean(validate_constraints=False)  # `clean` asks for the one draft
    rubric.save(force_insert=True)
    offer_usual_rows(rubric)
    _record("新增考核评分细则", rubric, by=by)
    return rubric


@transaction.atomic
def publish_rubric(rubric: Rubric, *, by) -> Rubric:
    """From now on rounds are scored by it and nobody changes it. Raises ValidationError with everything that isn't
    right (points that don't come to 100, lines that make no sense), and PermissionDenied."""
    rubric = _locked(rubric, by=by)
    if problems := publishing_problems(rubric):
        raise ValidationError(problems)
    rubric.published_at, rubric.published_by = clock.now(), by
    rubric.save(update_fields=["published_at", "published_by"])
    _record("发布考核评分细则", rubric, by=by)
    return rubric


def publishing_problems(rubric: Rubric) -> list[str]:
    criteria = list(Criterion.objects.filter(section__rubric=rubric).in_order())
    found = [f"{each.code}：{sentence}" for each in criteria for sentence in _complaints(each)]
    total = sum((each.points for each in criteria), Decimal(0))
    if total != FULL:
        found.append(f"各条分值合计 {plain_number(total)} 分，应为 100 分，{_gap(total)}。")
    codes = [each.code for each in criteria]
    found += [f"序号 {code} 用了不止一次。" for code in sorted({code for code in codes if codes.count(code) > 1})]
    return [*found, *_section_problems(rubric), *_grade_problems(list(rubric.grades.all()))]


def _section_problems(rubric: Rubric) -> list[str]:
    """S0: 细则包括教育培训、文化娱乐活动、关爱救助、维权帮扶……以及资料收集."""
    counts = dict(rubric.sections.annotate(count=Count("criteria")).values_list("name", "count"))
    missing = [name for name in REQUIRED_SECTIONS if name not in counts]
    found = [f"缺少考核项目：{'、'.join(missing)}。"] if missing else []
    return found + [f"“{name}”还没有考核内容。" for name, count in counts.items() if not count]


def _grade_problems(grades: list[Grade]) -> list[str]:
    found = [] if grades and grades[-1].from_points == 0 else ["等次要有一等从 0 分起，这样每个总分都有等次。"]
    return found + (["等次至少两等：得最低一等的不能通过验收。"] if len(grades) < 2 else [])


def _gap(total: Decimal) -> str:
    return f"还差 {plain_number(FULL - total)} 分" if total < FULL else f"多了 {plain_number(total - FULL)} 分"


def _complaints(criterion: Criterion) -> list[str]:
    try:
        criterion.full_clean()
    except ValidationError as error:
        return error.messages
    return []


@transaction.atomic
def copy_rubric(rubric: Rubric, kind: CreationType, *, by) -> Rubric:
    """A new draft for a creation type, of the same programme or another one, with everything as it is."""
    if not rules.can_copy_rubric(by, rubric):
        raise PermissionDenied
    copy = create_rubric(kind, rubric.department, by=by)
    copy.bonus_points = rubric.bonus_points
    copy.save(update_fields=["bonus_points"])
    copy.grades.all().delete()
    copy.veto_items.all().delete()
    Grade.objects.bulk_create(_copied(grade, rubric=copy) for grade in rubric.grades.all())
    VetoItem.objects.bulk_create(_copied(item, rubric=copy) for item in rubric.veto_items.all())
    for section in rubric.sections.prefetch_related("criteria"):
        criteria = list(section.criteria.all())
        made = _copied(section, rubric=copy)
        made.save(force_insert=True)
        Criterion.objects.bulk_create(_copied(criterion, section=made) for criterion in criteria)
    return copy


def _copied(row, **changes):
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(row, name) for name in names}
    return type(row)(**values | {f"{name}_id": owner.pk for name, owner in changes.items()})


@transaction.atomic
def import_rubric(rubric: Rubric, sections: Iterable[tuple[str, list[Criterion]]], *, by) -> Rubric:
    """What a workbook holds takes the place of all that the draft had; minimums of sections that keep their name stay."""
    rubric = _locked(rubric, by=by)
    minimums = dict(rubric.sections.values_list("name", "minimum_percent"))
    rubric.sections.all().delete()
    count = 0
    for position, (name, criteria) in enumerate(sections, 1):
        section = RubricSection(rubric=rubric, name=name, position=position, minimum_percent=minimums.get(name))
        section.full_clean()
        section.save(force_insert=True)
        for place, criterion in enumerate(criteria, 1):
            criterion.section, criterion.position = section, place
            criterion.full_clean()
        count += len(Criterion.objects.bulk_create(criteria))
    _record("导入考核评分细则", rubric, by=by, criteria=count)
    return rubric
