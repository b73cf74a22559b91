"""Files of a veto and of the province's result: who adds them, who reads them, what stays of them."""

import hashlib
import io
import zipfile
from datetime import timedelta

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from assessments import actions
from assessments.models import EvidenceFile
from fedwork import clock
from organizations.models import AuditEvent
from tests import factories
from tests.assessments import cast

PDF = b"%PDF-1.4 x %%EOF"


@pytest.fixture
def proposed(site, rubric, county_reviewer):
    return cast.proposed_veto(site, by=county_reviewer)


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def province(site, rubric, people):
    cast.scored_by_all(site, people)
    cast.accepted(site, people)
    told = {"total": 70, "document_number": "皖妇字〔2026〕9号", "document_on": clock.today()}
    return actions.enter_province_result(site, by=people["city"], **told)


def given(record, *, by, text="一") -> EvidenceFile:
    return actions.add_evidence_file(record, by=by, received=factories.received("签到表.pdf", text))


def address(name: str, pk: int) -> str:
    return reverse(f"assessments:{name}", args=[pk])


def test_photos_and_files_go_with_the_proposal(site, rubric, county_reviewer, cadre, neighbour, login):
    item = rubric.veto_items.get(code="VT3")
    files = [factories.upload(name="签到表.jpg"), factories.upload(PDF, "通报.pdf")]
    told = {"item": item.pk, "evidence": "两期签到表笔迹相同", "files": files}
    page = login(county_reviewer).post(address("veto_propose", site.pk), told, follow=True).text
    assert "签到表.jpg" in page
    assert "提出时的证据" in page
    assert 'capture="environment"' in page
    paper, photo = sorted(site.vetoes.get().files.all(), key=lambda scan: scan.is_photo)
    township = login(cadre)
    for url in [photo.get_absolute_url(), photo.thumbnail_url]:
        shown = township.get(url)
        assert shown["Content-Type"] == "image/jpeg"
        assert shown.getvalue()
    assert township.get(paper.get_absolute_url()).getvalue() == PDF
    assert login(neighbour).get(photo.get_absolute_url()).status_code == 404


def test_what_cannot_be_taken_proposes_nothing(site, rubric, county_reviewer, login):
    told = {"item": rubric.veto_items.get(code="VT3").pk, "evidence": "有", "files": [factories.upload(b"MZ", "a.exe")]}
    page = login(county_reviewer).post(address("veto_propose", site.pk), told)
    assert page.status_code == 422
    assert "“a.exe”没有收下" in page.text
    assert not site.vetoes.exists()


def test_the_site_shows_its_own(proposed, cadre, login):
    client = login(cadre)
    page = client.post(address("veto_attach", proposed.pk), {"files": [factories.upload()]}, follow=True).text
    assert "项目点提供" in page
    scan = proposed.files.get()
    assert scan.is_of_site
    assert "已移除" in client.post(scan.removal_url, follow=True).text
    assert list(AuditEvent.objects.about(scan).order_by("id").values_list("action", flat=True)) == [
        "上传考核佐证",
        "移除考核佐证",
    ]


@pytest.mark.parametrize("who", ["city_staff", "other_reviewer", "neighbour", "leader", "auditor"])
def test_nobody_else_adds_to_a_veto(who, proposed, request):
    with pytest.raises(PermissionDenied):
        given(proposed, by=request.getfixturevalue(who))
    assert not EvidenceFile.objects.exists()


def test_taken_out_on_the_day_by_who_sent_it_and_kept(proposed, cadre, county_reviewer):
    scan = given(proposed, by=county_reviewer)
    with pytest.raises(PermissionDenied):
        actions.remove_evidence_file(scan, by=cadre)
    with clock.set_to(clock.now() + timedelta(days=1)), pytest.raises(ValidationError, match="当天"):
        actions.remove_evidence_file(scan, by=county_reviewer)
    actions.remove_evidence_file(scan, by=county_reviewer)
    actions.remove_evidence_file(scan, by=county_reviewer)
    kept = proposed.files.get()
    assert (kept.removed_by, kept.file.storage.exists(kept.file.name)) == (county_reviewer, True)


def test_as_many_queries_for_ten_files_as_for_one(proposed, county_reviewer, login, count_queries):
    client = login(county_reviewer)
    given(proposed, by=county_reviewer)
    one = count_queries(lambda: client.get(proposed.get_absolute_url()))
    for number in range(9):
        given(proposed, by=county_reviewer, text=f"{number}")
    assert count_queries(lambda: client.get(proposed.get_absolute_url())) == one


def test_a_decided_veto_keeps_its_files(proposed, county_reviewer, city_staff):
    scan = given(proposed, by=county_reviewer)
    with clock.set_to(clock.now() + timedelta(days=3)):
        decided = actions.decide_veto(proposed, by=city_staff, is_confirmed=True, decision="属实")
    for act in [
        lambda: given(decided, by=county_reviewer, text="二"),
        lambda: actions.remove_evidence_file(scan, by=county_reviewer),
    ]:
        with pytest.raises(ValidationError, match="不能再改"):
            act()
    rows = EvidenceFile.objects.filter(pk=scan.pk)
    for change in [
        lambda: rows.update(removed_at=clock.now(), removed_by=county_reviewer),
        lambda: rows.update(sha256="0" * 64),
        rows.delete,
    ]:
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()


def test_the_provinces_document_lies_with_its_result(site, province, people, leader, login):
    page = login(people["city"]).post(
        address("round_attach", province.pk), {"files": [factories.upload(PDF, "验收文件.pdf")]}, follow=True
    )
    assert "验收文件.pdf" in page.text
    assert "验收文件.pdf" in login(leader).get(address("site_scores", site.pk)).text
    assert login(people["county"]).post(address("round_attach", province.pk)).status_code == 403
    own = site.score_rounds.order_by("level").first()
    assert login(people["city"]).post(address("round_attach", own.pk)).status_code == 403


def test_all_of_it_is_in_the_dossier(site, province, proposed, people, login):
    shown, document = given(proposed, by=people["county"]), given(province, by=people["city"], text="文")
    taken = given(proposed, by=people["county"], text="错")
    actions.remove_evidence_file(taken, by=people["county"])
    client = login(people["county"])
    book = docx.Document(io.BytesIO(client.get(address("dossier", site.pk)).getvalue()))
    cells = {cell.text for table in book.tables for row in table.rows for cell in row.cells}
    assert {"VT3 提出时的证据 签到表", "皖妇字〔2026〕9号 省里文件 签到表", shown.sha256, document.sha256} <= cells
    assert taken.sha256 not in cells
    packed = client.post(address("dossier_package", site.pk))
    package = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content)))
    content = package.read("考核佐证/01 VT3 提出时的证据 签到表.pdf")
    assert hashlib.sha256(content).hexdigest() == shown.sha256
    assert "考核佐证/02 皖妇字〔2026〕9号 省里文件 签到表.pdf" in package.read("校验值.txt").decode()
    assert "考核佐证：01 VT3 提出时的证据 签到表" in package.read("目录（打开这里）.html").decode()
