"""Rubrics: 100 points before they are published, frozen after, a new version by copy, out and in by Excel."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import InternalError, ProgrammingError

from assessments import actions
from assessments.imports import read_rubric
from assessments.models import Criterion, Grade, Rubric, RubricSection
from assessments.papers.rubric import rubric_paper
from fedwork import clock
from fedwork.excel import write_paper
from organizations.models import AuditEvent
from projects.actions import copy_programme
from tests.assessments import cast


@pytest.fixture
def kind(programme):
    return programme.creation_types.first()


@pytest.fixture
def draft(kind, city_staff):
    return cast.draft(kind, by=city_staff)


@pytest.fixture
def published(draft, city_staff):
    return actions.publish_rubric(draft, by=city_staff)


def refused_by_the_database(write) -> None:
    with pytest.raises((InternalError, ProgrammingError), match="pgtrigger"), transaction.atomic():
        write()


def workbook(rubric) -> SimpleUploadedFile:
    return SimpleUploadedFile("细则.xlsx", write_paper(rubric_paper(rubric)))


def test_a_published_rubric_is_in_force_and_logged(published, kind):
    assert Rubric.objects.all().in_force(kind.pk) == published
    assert AuditEvent.objects.about(published).filter(action="发布考核评分细则").count() == 1
    assert list(published.grades.values_list("name", flat=True)) == ["优秀", "良好", "合格", "不合格"]


def test_what_does_not_come_to_100_stays_a_draft(draft, city_staff):
    Criterion.objects.filter(section__rubric=draft, code="A1").update(points=25)
    with pytest.raises(ValidationError, match="合计 95 分，应为 100 分，还差 5 分"):
        actions.publish_rubric(draft, by=city_staff)
    refused_by_the_database(
        lambda: Rubric.objects.filter(pk=draft.pk).update(published_at=clock.now(), published_by=city_staff)
    )


def test_everything_that_is_wrong_is_said_at_once(draft, city_staff):
    Criterion.objects.filter(section__rubric=draft, code="B1").update(standard="多多益善", points=21)
    Grade.objects.filter(rubric=draft, name="不合格").delete()
    with pytest.raises(ValidationError) as refusal:
        actions.publish_rubric(draft, by=city_staff)
    told = " ".join(refusal.value.messages)
    assert all(words in told for words in ["B1：“按比例”的评分标准写一行", "多了 1 分", "从 0 分起"])


def test_published_means_frozen(published):
    section, criterion = published.sections.first(), Criterion.objects.filter(section__rubric=published)
    refused_by_the_database(lambda: criterion.update(points=1))
    refused_by_the_database(lambda: criterion.all().delete())
    refused_by_the_database(lambda: _add_line(section))
    refused_by_the_database(lambda: published.sections.update(name="别的"))
    refused_by_the_database(lambda: published.grades.update(from_points=1))
    refused_by_the_database(lambda: RubricSection.objects.create(rubric=published, name="多出来的"))
    refused_by_the_database(lambda: Rubric.objects.filter(pk=published.pk).update(department="别的部"))
    refused_by_the_database(lambda: Rubric.objects.filter(pk=published.pk).delete())


def _add_line(section) -> None:
    added = cast.criterion("Z9")
    added.section = section
    added.save()


def test_a_line_cannot_be_moved_out_of_a_published_rubric(published, city_staff):
    copy = actions.copy_rubric(published, published.creation_type, by=city_staff)
    lines = Criterion.objects.filter(section__rubric=published)
    refused_by_the_database(lambda: lines.update(section=copy.sections.first()))


def test_the_next_version_is_a_copy(published, city_staff):
    copy = actions.copy_rubric(published, published.creation_type, by=city_staff)
    assert (copy.version, copy.is_published) == (2, False)
    assert _lines(copy) == _lines(published)
    with pytest.raises(ValidationError, match="已有一份没有发布的草稿"):
        actions.copy_rubric(published, published.creation_type, by=city_staff)


def test_next_years_programme_begins_with_drafts_of_the_versions_in_force(programme, published, city_staff):
    newer = actions.copy_rubric(published, published.creation_type, by=city_staff)  # a draft of this year stays here
    Criterion.objects.filter(section__rubric=newer, code="A1").update(content="明年再说")
    actions.set_annual_rule(programme, by=city_staff, trigger="any_vetoed", percent=20)
    copy = copy_programme(programme, year=2027, by=city_staff)
    (draft,) = Rubric.objects.filter(creation_type__programme=copy)
    assert (draft.version, draft.is_published, draft.creation_type.name) == (1, False, published.creation_type.name)
    assert _lines(draft) == _lines(published)
    assert list(draft.veto_items.values_list("code")) == list(published.veto_items.values_list("code"))
    assert copy.annual_rule.trigger == "any_vetoed"


def _lines(rubric) -> list[tuple]:
    names = ["section__name", "section__position", "code", "content", "points", "method", "standard", "source"]
    return list(Criterion.objects.filter(section__rubric=rubric).in_order().values_list(*names))


@pytest.mark.parametrize("who", ["county_reviewer", "cadre", "leader", "auditor", "system_admin"])
def test_only_the_city_writes_rubrics(who, draft, kind, request):
    user = request.getfixturevalue(who)
    for act in [
        lambda: actions.publish_rubric(draft, by=user),
        lambda: actions.copy_rubric(draft, kind, by=user),
        lambda: actions.create_rubric(kind, "某部", by=user),
        lambda: actions.import_rubric(draft, [], by=user),
    ]:
        with pytest.raises((PermissionDenied, ValidationError)):
            act()
    assert not Rubric.objects.published().exists()
    assert Rubric.objects.count() == 1


def test_the_official_form_goes_out_and_comes_back_the_same(draft, city_staff):
    book = workbook(draft)
    sheet = openpyxl.load_workbook(io.BytesIO(book.read())).active
    assert sheet["A1"].value == "2026年示范村考核评分细则"
    assert [cell.value for cell in sheet[3]][:4] == ["序号", "考核项目（分值）", "考核内容", "分值"]
    assert sheet["B4"].value == "组织领导\n（50 分）"
    book.seek(0)
    read = read_rubric(book)
    assert (read.errors, read.total) == ([], 100)
    before = _lines(draft)
    actions.import_rubric(draft, read.sections, by=city_staff)
    assert _lines(draft) == before


def test_the_form_says_what_the_system_scores_and_what_it_only_shows(draft, city_staff):
    Criterion.objects.filter(section__rubric=draft, code="A1").update(source="files")
    book = workbook(draft)
    shown = [row[8].value for row in openpyxl.load_workbook(book).active.iter_rows(min_row=4, max_row=6)]
    assert shown == ["备查资料（只列佐证）", None, "培训场次"]
    book.seek(0)
    assert [each.source for each in read_rubric(book).criteria][:3] == ["files", "", "sessions"]


def test_lines_with_errors_are_named(draft):
    book = openpyxl.load_workbook(io.BytesIO(workbook(draft).read()))
    sheet = book.active
    sheet["D4"], sheet["E5"], sheet["F6"], sheet["A8"] = "三分", "凭感觉", "很多很多", "A1"
    out = io.BytesIO()
    book.save(out)
    read = read_rubric(SimpleUploadedFile("细则.xlsx", out.getvalue()))
    assert [error.partition("：")[0] for error in read.errors] == ["第 4 行", "第 5 行", "第 6 行", "第 8 行"]
    assert "不是数字" in read.errors[0]
    assert "凭感觉" in read.errors[1]
    assert "序号 A1 重复" in read.errors[3]
    assert [each.code for each in read.criteria] == ["C1", "E1", "G1", "G2", "H1"]


def test_a_workbook_without_the_heading_is_refused(draft):
    book = openpyxl.Workbook()
    book.active.append(["项目", "分数"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ValidationError, match="没有找到表头"):
        read_rubric(SimpleUploadedFile("别的.xlsx", out.getvalue()))


def test_a_name_is_known_only_to_its_source(db):
    line = cast.criterion("G2", "4", "formula", "配套下限，得 2 分\n配套目标，得 4 分")
    with pytest.raises(ValidationError, match="不知道是多少"):
        line.full_clean(exclude=["section"])
    line.source = "arrival"
    line.full_clean(exclude=["section"])


def test_only_values_score_themselves(db):
    line = cast.criterion("B2", "4", "count", "有通知\n有签到", source="sessions")
    with pytest.raises(ValidationError, match="只用于“按比例”和“分段”"):
        line.full_clean(exclude=["section"])


def test_points_are_halves(db):
    with pytest.raises(ValidationError, match=r"0\.5 分为一档"):
        cast.criterion(points=Decimal("1.3")).full_clean(exclude=["section"])


# The desk


def test_the_desk_previews_and_imports(draft, city_staff, login):
    client, address = login(city_staff), f"/admin/assessments/rubric/{draft.pk}/import/"
    Criterion.objects.filter(section__rubric=draft, code="A1").update(content="改过的内容")
    page = client.post(address, {"file": workbook(draft)})
    assert "改过的内容" in page.text
    assert "9 条，合计 100 分" in page.text
    Criterion.objects.filter(section__rubric=draft).update(content="预览以后")
    done = client.post(address, {"token": page.context["token"]}, follow=True)
    assert "已导入 9 条，合计 100 分" in done.text
    assert Criterion.objects.get(section__rubric=draft, code="A1").content == "改过的内容"


def test_the_preview_is_of_one_person_and_one_draft(draft, city_staff, login):
    client, address = login(city_staff), f"/admin/assessments/rubric/{draft.pk}/import/"
    page = client.post(address, {"token": "made-up"}, follow=True)
    assert "预览已过期" in page.text
    assert Criterion.objects.filter(section__rubric=draft).count() == 9


def test_the_desk_publishes_and_copies(draft, city_staff, login):
    client = login(city_staff)
    listed = client.post(
        "/admin/assessments/rubric/", {"action": "publish", "_selected_action": [draft.pk]}, follow=True
    )
    assert "已发布" in listed.text
    copied = client.post(
        f"/admin/assessments/rubric/{draft.pk}/copy/", {"creation_type": draft.creation_type_id}, follow=True
    )
    assert "第 2 版" in copied.text
    refused = client.post(f"/admin/assessments/rubric/{draft.pk}/import/", {})
    assert refused.status_code == 403


def test_pages_of_a_rubric(draft, city_staff, cadre, login):
    assert login(cadre).get(draft.get_absolute_url()).status_code == 403
    actions.publish_rubric(draft, by=city_staff)
    client = login(cadre)
    assert "组织领导<br>（50 分）" in client.get(draft.get_absolute_url()).text
    assert "示范村考核评分细则（第 1 版）" in client.get("/rubrics/").text
    points = client.get(f"/rubrics/{draft.pk}/points/").text
    assert "<span>9999.99</span> <b>0 分</b>" in points
    assert "<b>3 分</b>" in points


def test_a_rubric_has_the_sections_that_the_city_must_have(kind, city_staff):
    """0-28: 教育培训、文化娱乐活动、关爱救助、维权帮扶、资料收集, each with something in it."""
    rubric = cast.draft(kind, by=city_staff)
    rubric.sections.filter(name="关爱救助").delete()
    rubric.sections.get(name="资料收集").criteria.all().delete()
    with pytest.raises(ValidationError) as refusal:
        actions.publish_rubric(rubric, by=city_staff)
    told = " ".join(refusal.value.messages)
    assert "缺少考核项目：关爱救助。" in told
    assert "“资料收集”还没有考核内容。" in told


@pytest.mark.parametrize(
    ("source", "standard", "complaint"),
    [
        ("sessions", "达到 100%，得满分", "不是百分比"),
        ("on_time", "达到 4 次，得满分", "是百分比"),
        ("on_time", "达到 100％，得满分", ""),
        ("sessions", "达到 4 期，得满分", ""),
    ],
)
def test_a_target_is_of_the_kind_that_the_system_counts(source, standard, complaint):
    """4 sessions are not 4%."""
    line = cast.criterion(method="ratio", standard=standard, source=source)
    told = ""
    try:
        line.clean()
    except ValidationError as error:
        told = " ".join(error.messages)
    assert complaint in told
    assert bool(told) == bool(complaint)


def test_one_grade_alone_would_let_nobody_pass(draft, city_staff):
    draft.grades.exclude(name="不合格").delete()
    with pytest.raises(ValidationError, match="至少两等"):
        actions.publish_rubric(draft, by=city_staff)
