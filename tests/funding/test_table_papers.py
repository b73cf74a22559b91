"""What stands behind a table and goes out with it: the decision, letters to counties, the note of an adjustment, versions
compared, and how it is printed."""

import io
import zipfile
from datetime import timedelta

import docx
import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.urls import reverse

from fedwork import clock
from funding import actions
from funding.exports import allocation_workbook
from funding.models import AllocationTable
from funding.sheet import Sheet, Unit
from funding.states import TableStatus
from tests.funding.cast import issue, pledge

pytestmark = pytest.mark.django_db


def url(name: str, table, query: str = "") -> str:
    return reverse(f"funding:table_{name}", args=[table.pk]) + query


def words_of(document: bytes) -> str:
    book = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in book.paragraphs] + cells)


@pytest.fixture
def second(issued, sites, programme, city_staff):
    pledge(sites[2], 15_000, 15_000, 0, 0, by=city_staff)
    draft = actions.draft_allocation_table(programme, by=city_staff)
    finance = {"finance_number": "合财行〔2026〕8号", "finance_on": clock.today()}
    return issue(draft, by=city_staff, reason="桥冲村追加配套", document_number="合妇〔2026〕20号", **finance)


class TestDecision:
    @pytest.mark.parametrize("name", ["decision_meeting", "decided_on", "attendees"])
    def test_no_issue_without_it(self, draft, city_staff, name):
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff, **{name: None if name == "decided_on" else " "})
        assert list(refusal.value.message_dict) == [name]

    def test_the_meeting_comes_first(self, draft, city_staff):
        day = clock.today() - timedelta(days=3)
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff, issued_on=day, decided_on=clock.today())
        assert refusal.value.message_dict == {"decided_on": ["决策日期不能晚于下达日期。"]}

    def test_the_finance_letter_has_number_and_date(self, draft, city_staff):
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff, finance_number="合财行〔2026〕8号")
        assert refusal.value.message_dict == {"finance_on": ["财政文号和日期要一起填写。"]}

    def test_the_database_asks_for_it_too(self, draft):
        issued = {"document_number": "合妇〔2026〕12号", "issued_on": clock.today(), "issued_at": clock.now()}
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            AllocationTable.objects.filter(pk=draft.pk).update(status=TableStatus.ISSUED, **issued)

    def test_it_is_shown_and_printed(self, second, login, county_reviewer):
        page = login(county_reviewer).get(url("detail", second)).content.decode()
        today = clock.today()
        day = f"{today.year}年{today.month}月{today.day}日"
        assert f"党组会议，{day}；参会：主席、副主席、发展部部长" in page
        assert f"分配方案经党组会议（{day}）集体研究决定；财政文号：合财行〔2026〕8号，{day}。" in page


class TestLetters:
    def test_one_for_each_county_in_a_package(self, issued, login, city_staff):
        response = login(city_staff).get(url("letters", issued))
        package = zipfile.ZipFile(io.BytesIO(response.content))
        assert package.namelist() == ["01_长丰县资金下达通知.docx", "02_肥西县资金下达通知.docx"]
        words = words_of(package.read("02_肥西县资金下达通知.docx"))
        assert "肥西县妇女联合会：" in words
        assert "2 个项目点，省级专项资金 60,000 元，各级配套资金 73,000 元，合计 133,000 元" in words
        assert "河口村" in words
        assert "桥冲村" not in words
        assert login(city_staff).get(url("letters", issued)).content == response.content

    def test_a_county_gets_its_own(self, second, login, county_reviewer, other_reviewer):
        own = words_of(login(other_reviewer).get(url("letters", second)).content)
        assert "关于调整下达2026年示例建设项目资金的通知" in own
        assert "根据合财行〔2026〕8号文件" in own
        assert "桥冲村" in own
        assert "吴山镇" not in words_of(login(county_reviewer).get(url("letters", second)).content)

    def test_not_for_townships_and_not_for_drafts(self, draft, issued, programme, login, cadre, city_staff):
        assert login(cadre).get(url("letters", issued)).status_code == 403
        third = actions.draft_allocation_table(programme, by=city_staff)
        assert login(city_staff).get(url("letters", third)).status_code == 404


class TestVersions:
    def test_the_note_says_why_and_what(self, second, login, city_staff):
        words = words_of(login(city_staff).get(url("note", second)).content)
        assert "桥冲村追加配套。" in words
        assert "与首次下达相比，1 个项目点有变动，合计由 173,000 元变为 193,000 元（+20,000 元）" in words
        assert "吴山镇桥冲村\n变化\n县级\n5,000\n15,000\n+10,000" in words

    def test_what_was_first_has_none(self, issued, login, city_staff):
        client = login(city_staff)
        assert [client.get(url(name, issued)).status_code for name in ["note", "comparison"]] == [404, 404]

    def test_against_any_earlier_version(self, second, sites, programme, login, city_staff):
        pledge(sites[0], 30_000, 0, 0, 0, by=city_staff)
        third = issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="更正")
        client = login(city_staff)
        lines = {query: self._lines(client.get(url("comparison", third, query))) for query in ["", "?against=1"]}
        assert lines[""] == {"山南镇小井庄村"}
        assert lines["?against=1"] == {"山南镇小井庄村", "吴山镇桥冲村"}
        assert client.get(url("detail", third, "?against=3")).status_code == 404
        assert "与首次下达比较" in client.get(url("detail", third)).content.decode()

    def _lines(self, response) -> set[str]:
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        return {cell.value for cell in sheet["B"][4:] if cell.value}


class TestPrint:
    def test_the_total_first(self, issued, login, city_staff):
        response = login(city_staff).get(url("download", issued, "?total=first&unit=wan"))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert (sheet["A6"].value, sheet["F6"].value) == ("合计", "=SUM(F7,F9)")
        assert login(city_staff).get(url("download", issued, "?total=middle")).status_code == 404

    def test_the_footnote_only_where_something_is_rounded(self, issued, city_staff):
        sheet = Sheet(issued, city_staff, unit=Unit.WAN)
        assert not any("四舍五入" in note for note in sheet.notes)
        assert allocation_workbook(sheet)
