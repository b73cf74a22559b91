"""The month's reports by Excel: what goes out, what comes back, and what is refused with a sentence."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from fedwork.excel import HEADING_ROWS, RECORDS
from organizations.models import AuditEvent, Level
from projects.actions import ReportContent, approve_site, save_report, submit_report
from projects.models import MonthClose, MonthlyReport
from projects.sheet import report_sheet
from projects.workbook.layout import heading_names
from tests import factories
from tests.projects.conftest import NOON, fill_in

pytestmark = pytest.mark.django_db
FIRST = HEADING_ROWS[1] + 1
MONTH = [2026, 11]


def url(name: str, month=MONTH) -> str:
    return reverse(f"projects:{name}", args=month)


@pytest.fixture
def client(cadre, login, report):
    return login(cadre)


def download(client):
    response = client.get(url("month_workbook"))
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content))


def column(sheet, *words: str) -> int:
    """The column whose heading has all the words."""
    return next(place for place, heading in enumerate(names(sheet), 1) if all(word in heading for word in words))


def names(sheet) -> list[str]:
    upper, lower = ([cell.value or "" for cell in sheet[row]] for row in HEADING_ROWS)
    return heading_names(upper, lower)


def put(book, value, *words: str, row: int = FIRST) -> None:
    sheet = book["月报"]
    sheet.cell(row, column(sheet, *words)).value = value


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client, book, month=MONTH):
    data = book if isinstance(book, bytes) else saved(book)
    return client.post(url("month_upload", month), {"file": factories.upload(data, "填报表.xlsx")})


def confirm(client, preview):
    return client.post(url("month_confirm"), {"token": preview.context["token"]})


def values(report) -> dict:
    return report_sheet(MonthlyReport.objects.select_related("site__programme").get(pk=report.pk)).stored()


def filled(client):
    book = download(client)
    put(book, 3, "教育培训（场次）/本月")
    put(book, 120, "教育培训（人次）/本月")
    put(book, 8500.5, "本月支出（元）/本月")
    put(book, 60, "建设阶段任务", "本期末")
    put(book, 100, "启动阶段任务", "本期末")
    put(book, datetime(2026, 11, 3), "启动阶段任务", "完成日期")
    put(book, "继续开展培训", "下月计划")
    return book


class TestTemplate:
    def test_a_row_for_each_open_site_with_the_code_as_text(self, client, report):
        sheet = download(client)["月报"]
        code, name = sheet.cell(FIRST, 1), sheet.cell(FIRST, 2)
        assert (code.value, code.number_format, name.value) == ("340123105200", "@", report.site.name)
        assert sheet.max_row == FIRST

    def test_only_what_is_asked_is_open(self, client):
        book = download(client)
        sheet = book["月报"]
        assert sheet.protection.sheet
        opened = [cell.column for cell in sheet[FIRST] if not cell.protection.locked]
        headings = [names(sheet)[place - 1] for place in opened]
        assert len(headings) == 1 + 2 * 2 + 3 + 3
        assert not [heading for heading in headings if "上月" in heading or "上期末" in heading or "代码" in heading]
        assert book[RECORDS].sheet_state == "veryHidden"

    def test_drop_downs_and_guides(self, client):
        rules = {rule.type: rule for rule in download(client)["月报"].data_validations.dataValidation}
        assert rules["list"].formula1 == '"是,否"'
        assert set(rules) == {"list", "whole", "decimal", "date"}

    def test_what_was_typed_on_the_page_stands_in_it(self, client, report, cadre):
        fill_in(report, by=cadre, value=Decimal(7))
        sheet = download(client)["月报"]
        assert sheet.cell(FIRST, column(sheet, "教育培训（场次）/本月")).value == 7
        assert sheet.cell(FIRST, column(sheet, "零报告")).value == "否"

    def test_a_cell_that_does_not_apply_is_locked_and_grey(self, client, report, programme, tree, city_staff):
        other = factories.organization("第二村", level=Level.VILLAGE, parent=tree.township, code="340123105999")
        second = approve_site(factories.site(programme, other), by=city_staff)
        second.stages.get(kind="launch").items.update(name="另一项任务")
        sheet = download(client)["月报"]
        cell = sheet.cell(FIRST + 1, column(sheet, "启动阶段任务", "本期末"))
        assert (cell.value, cell.protection.locked) == (None, True)
        assert not sheet.cell(FIRST + 1, column(sheet, "另一项任务", "本期末")).protection.locked

    def test_nothing_to_fill_in(self, client, report, cadre):
        report = fill_in(report, by=cadre)
        submit_report(report, by=cadre, version=report.version)
        response = client.get(url("month_workbook"))
        assert (response.status_code, "没有要填的月报" in response.content.decode()) == (422, True)

    def test_the_same_number_of_queries_for_many_sites(self, client, programme, tree, city_staff, count_queries):
        one = count_queries(lambda: client.get(url("month_workbook")))
        for number in range(4):
            village = factories.organization(f"第{number}村", level=Level.VILLAGE, parent=tree.township)
            approve_site(factories.site(programme, village), by=city_staff)
        assert count_queries(lambda: client.get(url("month_workbook"))) == one


class TestRoundTrip:
    def test_preview_writes_nothing_and_confirming_does(self, client, report):
        before, events = values(report), AuditEvent.objects.count()
        preview = send(client, filled(client))
        page = preview.content.decode()
        assert "预览，还没有写入" in page
        assert "8,500.5" in page
        assert (values(report), AuditEvent.objects.count()) == (before, events)
        done = confirm(client, preview)
        assert "已写入 1 个项目点的月报草稿" in done.content.decode()
        stored = values(report)
        sheet = report_sheet(MonthlyReport.objects.get(pk=report.pk))
        assert [line.value for line in sheet.figures] == [3, 120, Decimal("8500.5")]
        assert [(task.percent, task.done_on) for task in sheet.tasks] == [(100, date(2026, 11, 3)), (60, None)]
        assert stored["next_plan"] == "继续开展培训"

    def test_the_same_file_again_changes_nothing_and_says_so(self, client, report):
        book = saved(filled(client))
        confirm(client, send(client, book))
        version = MonthlyReport.objects.get(pk=report.pk).version
        again = send(client, book)
        assert "文件里没有新的改动，和系统里的一样" in again.content.decode()
        assert again.context["plan"].changing == []
        assert "没有写入：文件里没有可写的改动" in confirm(client, again).content.decode()
        assert MonthlyReport.objects.get(pk=report.pk).version == version

    def test_confirming_twice_writes_once(self, client, report):
        preview = send(client, filled(client))
        confirm(client, preview)
        confirm(client, preview)
        assert MonthlyReport.objects.get(pk=report.pk).version == 1

    def test_the_offices_way_of_writing(self, client, report):
        book = filled(client)
        put(book, "３", "教育培训（场次）/本月")
        put(book, "1,200 人次", "教育培训（人次）/本月")
        put(book, "0.85万元", "本月支出（元）/本月")
        put(book, "60%", "建设阶段任务", "本期末")
        put(book, "２０２６年11月3日", "启动阶段任务", "完成日期")
        confirm(client, send(client, book))
        sheet = report_sheet(MonthlyReport.objects.get(pk=report.pk))
        assert [line.value for line in sheet.figures] == [3, 1200, 8500]
        assert [(task.percent, task.done_on) for task in sheet.tasks] == [(100, date(2026, 11, 3)), (60, None)]

    def test_a_cell_shown_as_a_percentage_means_what_it_shows(self, client, report):
        book = filled(client)
        put(book, 0.6, "建设阶段任务", "本期末")
        sheet = book["月报"]
        sheet.cell(FIRST, column(sheet, "建设阶段任务", "本期末")).number_format = "0%"
        confirm(client, send(client, book))
        assert report_sheet(MonthlyReport.objects.get(pk=report.pk)).tasks[-1].percent == 60

    def test_a_nil_report(self, client, report):
        book = download(client)
        put(book, "是", "零报告")
        put(book, "场地维修", "存在问题及原因")
        confirm(client, send(client, book))
        report.refresh_from_db()
        assert (report.is_nil, report.problems) == (True, "场地维修")

    def test_a_text_that_looks_like_a_formula_stays_a_text(self, client, report):
        fill_in(report, by=report.site.organization.parent.users.get(username="cadre"), next_plan="=1+1")
        book = download(client)
        preview = send(client, book)
        assert preview.context["plan"].changing == []
        put(book, "-@SUM(A1)", "需协调事项")
        sheet = book["月报"]
        sheet.cell(FIRST, column(sheet, "需协调事项")).data_type = "s"
        confirm(client, send(client, book))
        report.refresh_from_db()
        assert (report.next_plan, report.needs) == ("=1+1", "-@SUM(A1)")

    def test_an_anomaly_is_told_beforehand(self, client, report, cadre, site):
        october = site.reports.get(month=date(2026, 10, 1))
        sent = fill_in(october, by=cadre, value=Decimal(10))
        submit_report(sent, by=cadre, version=sent.version)
        book = filled(client)
        put(book, 40, "教育培训（场次）/本月")
        page = send(client, book).content.decode()
        assert "相差一半以上" in page
        assert "写入后请在核对时写一句原因" in page


class TestRefused:
    def test_errors_come_back_in_the_users_own_file(self, client, report):
        book = filled(client)
        put(book, "三场", "教育培训（场次）/本月")
        put(book, "也许", "零报告")
        preview = send(client, book)
        page = preview.content.decode()
        assert "“三场”不是数字，请填写数字。" in page
        assert "零报告请填 是 或 否。" in page
        assert preview.context["plan"].changing == []
        confirm(client, preview)
        assert MonthlyReport.objects.get(pk=report.pk).version == 0
        marked = client.post(url("month_marked"), {"token": preview.context["token"]})
        sheet = load_workbook(io.BytesIO(marked.content))["月报"]
        cell = sheet.cell(FIRST, column(sheet, "教育培训（场次）/本月"))
        assert (cell.value, cell.comment.text) == ("三场", "“三场”不是数字，请填写数字。")
        assert cell.fill.fgColor.rgb.endswith("F9D0CD")
        assert sheet.cell(FIRST, column(sheet, "本月支出（元）/本月")).value == 8500.5
        assert sheet.cell(FIRST, column(sheet, "零报告")).value == "也许"
        corrected = load_workbook(io.BytesIO(marked.content))
        put(corrected, 3, "教育培训（场次）/本月")
        put(corrected, "否", "零报告")
        confirm(client, send(client, corrected))
        assert report_sheet(MonthlyReport.objects.get(pk=report.pk)).figures[0].value == 3

    def test_a_cell_changed_on_both_sides_is_refused_and_can_be_sent_again(self, client, report, cadre):
        book = filled(client)
        measure = report_sheet(report).figures[0].measure
        save_report(report, by=cadre, version=0, content=ReportContent(figures={measure.pk: Decimal(5)}))
        preview = send(client, book)
        assert "别处又改了同样的格子" in preview.content.decode()
        assert "系统里后来有人改成了“5”" in preview.content.decode()
        confirm(client, preview)
        assert report_sheet(MonthlyReport.objects.get(pk=report.pk)).figures[0].value == 5
        marked = client.post(url("month_marked"), {"token": preview.context["token"]})
        confirm(client, send(client, marked.content))
        assert report_sheet(MonthlyReport.objects.get(pk=report.pk)).figures[0].value == 3

    def test_a_base_that_differs_under_an_untouched_cell_is_no_conflict(self, client, report, cadre):
        book = filled(client)
        save_report(report, by=cadre, version=0, content=ReportContent(texts={"needs": "请派老师"}))
        confirm(client, send(client, book))
        report.refresh_from_db()
        assert (report.needs, report.next_plan) == ("请派老师", "继续开展培训")

    def test_a_report_submitted_meanwhile(self, client, report, cadre):
        book = filled(client)
        saved_report = fill_in(report, by=cadre)
        submit_report(saved_report, by=cadre, version=saved_report.version)
        preview = send(client, book)
        assert "提交，不能再改" in preview.content.decode()
        marked = client.post(url("month_marked"), {"token": preview.context["token"]})
        assert (marked.status_code, "都已提交或锁定" in marked.content.decode()) == (422, True)

    def test_a_month_that_was_closed_meanwhile(self, client, report, programme, city_staff):
        book = filled(client)
        MonthClose.objects.create(programme=programme, month=report.month, closed_at=NOON, closed_by=city_staff)
        assert "没有要填的月报" in client.get(url("month_workbook")).content.decode()
        assert "月结，不能再填报" in send(client, book).content.decode()

    def test_submitted_between_preview_and_confirmation(self, client, report, cadre):
        preview = send(client, filled(client))
        saved_report = fill_in(report, by=cadre)
        submit_report(saved_report, by=cadre, version=saved_report.version)
        assert "不能再改" in confirm(client, preview).content.decode()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lambda hidden: hidden.__setitem__("B1", 0), "旧版的模板"),
            (lambda hidden: hidden.__setitem__("C1", "2026-10"), "这是 2026-10 的填报表"),
            (lambda hidden: hidden.__setitem__("E1", "/9/"), "别的单位下载的"),
            (lambda hidden: hidden.__setitem__("A1", "x"), "不是从本系统下载的"),
            (lambda hidden: hidden.__setitem__("D3", "x"), "不是从本系统下载的"),
            (lambda hidden: hidden.__setitem__("D3", 10**20), "不是从本系统下载的"),
            (lambda hidden: hidden.__setitem__("D3", -1), "不是从本系统下载的"),
            (lambda hidden: hidden.__setitem__("C4", "x"), "不是从本系统下载的"),
            (lambda hidden: hidden.delete_rows(1, 500), "不是从本系统下载的"),
            (lambda hidden: hidden.delete_rows(2, 500), "表里没有项目点"),
        ],
        ids=range(10),
    )
    def test_a_workbook_of_another_time_or_place(self, client, change, sentence):
        book = filled(client)
        change(book[RECORDS])
        response = send(client, book)
        assert (response.status_code, sentence in response.content.decode()) == (422, True)

    def test_a_sheet_blown_up_with_far_cells(self, client):
        book = filled(client)
        for row in range(1, 30):
            book["月报"].cell(row + 100, 16_000).value = 1
        assert "表格太大" in send(client, book).content.decode()

    def test_another_posts_workbook(self, client, neighbour, login):
        response = send(login(neighbour), filled(client))
        assert "别的单位下载的" in response.content.decode()

    def test_a_row_that_names_anothers_report(self, client, report, programme, tree, city_staff):
        elsewhere = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        foreign = elsewhere.reports.get(month=date(2026, 11, 1))
        book = filled(client)
        for row in book[RECORDS].iter_rows():
            for cell in row:
                if row[0].value in {"report", "field"} and cell.value == report.pk:
                    cell.value = foreign.pk
        preview = send(client, book)
        assert f"第 {FIRST} 行不是您填报的项目点。" in preview.content.decode()
        confirm(client, preview)
        assert MonthlyReport.objects.get(pk=foreign.pk).version == 0

    def test_rows_that_cannot_be_placed(self, client):
        book = filled(client)
        sheet = book["月报"]
        for number, code in enumerate(["340123105200", "999", None], FIRST + 1):
            sheet.cell(number, 1).value = code
            sheet.cell(number, 2).value = "某村"
        page = send(client, book).content.decode()
        assert "340123105200 重复" in page
        assert "999 不是这份填报表里的项目点" in page
        assert "没有项目点代码" in page

    def test_columns_that_were_moved(self, client):
        book = filled(client)
        book["月报"].delete_cols(4)
        assert "列被增删或改过名" in send(client, book).content.decode()

    def test_no_file_no_workbook_and_an_empty_one(self, client):
        assert "请先选择" in client.post(url("month_upload")).content.decode()
        for data in [b"", b"hello", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600]:
            response = send(client, data)
            assert (response.status_code, bool(response.context["error"])) == (422, True)
        assert "不是从本系统下载的" in send(client, Workbook()).content.decode()

    def test_the_seal_is_the_users_the_sessions_and_the_months(self, client, cadre, neighbour, login):
        token = send(client, filled(client)).context["token"]
        for other in [login(neighbour), login(cadre)]:
            response = other.post(url("month_confirm"), {"token": token})
            assert "预览已过期或者换了人登录" in response.content.decode()
        for name in ["month_confirm", "month_marked"]:
            for bad in ["", "x:y:z", token[:-3]]:
                assert client.post(url(name), {"token": bad}).status_code == 422
            assert client.post(url(name, [2026, 10]), {"token": token}).status_code == 422

    def test_a_page_of_the_wrong_kind(self, client, county_reviewer, login):
        assert client.get(url("month_confirm")).status_code == 405
        assert client.get(url("month_marked")).status_code == 405
        assert client.post(url("month_workbook")).status_code == 405
        assert client.get(url("month_upload", [2026, 12])).status_code == 404
        for name in ["month_workbook", "month_upload"]:
            assert login(county_reviewer).get(url(name)).status_code == 403

    @rounds(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_damage_is_told_in_words(self, client, data):
        """Values of every kind in any cell, hidden ones included; and bytes knocked out of the file."""
        book = filled(client)
        for _ in range(data.draw(st.integers(0, 4))):
            sheet = book[data.draw(st.sampled_from(["月报", RECORDS]))]
            cell = sheet.cell(data.draw(st.integers(1, 8)), data.draw(st.integers(1, 18)))
            if type(cell).__name__ == "Cell":
                cell.value = data.draw(ANYTHING)
        whole = saved(book)
        cut = data.draw(st.one_of(st.just(1000), st.integers(0, 1000)))
        with transaction.atomic():
            self.goes_through(client, whole[: len(whole) * cut // 1000])
            transaction.set_rollback(True)

    @staticmethod
    def goes_through(client, data: bytes):
        response = send(client, data)
        assert response.status_code in {200, 422}
        if response.status_code == 200:
            assert confirm(client, response).status_code == 200
            marked = client.post(url("month_marked"), {"token": response.context["token"]})
            assert marked.status_code in {200, 422}


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)),
    st.sampled_from(["是", "#N/A", "=1/0", "field", "report", "tab", "figure_1", "percent_x", "why_x", "9" * 30]),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
)
