"""The reviewer's item and queue, and the cadre's side of them: remarks, withdrawal, who has it open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fedwork import clock
from organizations.models import Level, Role
from projects.actions import approve_site, open_report, return_report, submit_report, withdraw_report
from projects.models import ReviewDecision, ReviewOpening
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.projects.conftest import NOON, describe, submit
from tests.projects.test_review_admin import QUEUE, item

pytestmark = pytest.mark.django_db
NEXT = reverse("admin:projects_monthlyreport_next")


@pytest.fixture
def sent(report, cadre):
    return submit(report, by=cadre)


@pytest.fixture
def figure(sent) -> str:
    return report_sheet(sent).figures[0].key


@pytest.fixture
def colleague(tree):
    """The second reviewer of the county."""
    return factories.user("county2", role=Role.COUNTY_REVIEWER, organization=tree.county)


def page_of(response) -> str:
    return response.content.decode()


def decide(client, report, verdict, **data):
    url = reverse("admin:projects_monthlyreport_decide", args=[report.pk])
    return client.post(url, {"verdict": verdict, "version": report.version} | data)


def withdraw(client, report, **data):
    url = reverse("projects:report_withdraw", args=[report.pk])
    return client.post(url, {"version": report.version} | data)


# Remarks


def test_remarks_come_from_the_page_to_the_cadre(sent, figure, county_reviewer, cadre, login):
    decide(login(county_reviewer), sent, "returned", **{f"remark_{figure}": "与签到表不符\r\n请核对"})
    assert ReviewDecision.objects.get().remarks[0]["text"] == "与签到表不符\n请核对"
    client = login(cadre)
    assert "教育培训 场次：与签到表不符" in page_of(client.get("/"))
    response = client.get(reverse("projects:report_edit", args=[sent.pk]))
    page = page_of(response)
    assert "县级审核退回，有 1 处要改" in page
    assert f'<a href="#id_{figure}">教育培训 场次：与签到表不符\n请核对</a>' in page
    assert "<b>批注：</b>与签到表不符<br>请核对" in page
    form = response.context["form"]
    closed = {name for name, field in form.fields.items() if field.disabled}
    assert closed == {name for name in form.fields if not name.startswith("why_")} - {figure}
    rounds = page_of(client.get(sent.get_absolute_url()))
    assert "<b>教育培训 场次</b>：与签到表不符<br>请核对" in rounds


def test_what_is_posted_past_the_closed_fields_is_not_kept(sent, figure, county_reviewer, cadre, login):
    returned = return_report(sent, by=county_reviewer, version=sent.version, remarks={figure: "与签到表不符"})
    data = {"version": returned.version, figure: "9", "next_plan": "另写一个"}
    login(cadre).post(reverse("projects:report_edit", args=[sent.pk]), data)
    sent.refresh_from_db()
    assert sent.next_plan == "继续开展培训"
    assert sent.figures.get(measure=int(figure.removeprefix("figure_"))).value == 9


def test_a_remark_that_is_too_long_stays_on_the_page(sent, figure, county_reviewer, login):
    response = decide(login(county_reviewer), sent, "returned", **{f"remark_{figure}": "长" * 501, "reason": "请核对"})
    page = page_of(response)
    assert response.status_code == 422
    assert "对“教育培训 场次”的批注最多 500 个字，请删减。" in page
    assert "长" * 501 in page
    assert ">请核对</textarea>" in page.replace("\n", "")
    assert '<details class="remark" open>' in page


def test_a_remark_stands_against_passing(sent, figure, county_reviewer, login):
    response = decide(login(county_reviewer), sent, "passed", **{f"remark_{figure}": "与签到表不符"})
    assert response.status_code == 422
    assert "写了批注就要退回" in page_of(response)
    assert "与签到表不符" in page_of(response)


def test_a_stale_decision_keeps_what_was_typed(sent, figure, cadre, county_reviewer, login):
    """The cadre took it back and sent it again, as a nil report: the line that was remarked on is gone."""
    back = withdraw_report(sent, by=cadre, version=sent.version)
    back.is_nil, back.problems = True, "场地维修"
    back.save()
    submit_report(back, by=cadre, version=back.version)
    typed = {f"remark_{figure}": "与签到表不符", "remark_next_plan": "请写具体", "reason": "请看批注"}
    response = decide(login(county_reviewer), sent, "returned", **typed)
    page = page_of(response)
    assert response.status_code == 409
    assert "这份月报在 12:00 又有改动，请核对后再试" in page
    for words in ["与签到表不符", "请写具体", "请看批注"]:
        assert words in page
    sent.refresh_from_db()
    assert (sent.status, sent.round) == (ReportStatus.COUNTY_REVIEW, 2)
    assert f'name="version" value="{sent.version}"' in page
    assert ReviewOpening.objects.of_round(sent).exists()  # the new round is what the reviewer looks at now


def test_who_decides_second_can_still_copy_what_was_typed(sent, figure, county_reviewer, colleague, login):
    decide(login(county_reviewer), sent, "passed")
    response = decide(login(colleague), sent, "returned", reason="请补签到表", **{f"remark_{figure}": "与签到表不符"})
    page = page_of(response)
    assert response.status_code == 409
    assert "您写的下面这些没有送出" in page
    assert "<li>请补签到表</li>" in page
    assert "<li>与签到表不符</li>" in page
    assert "审核决定" not in page


# The item


def test_each_line_says_what_is_the_matter_with_it(sent, figure, county_reviewer, login):
    submission = sent.submissions.get()
    for entry in submission.content:
        if entry["key"] == figure:
            entry |= {"carried": True, "warning": "比上月多一半以上。", "explanation": "补办了上月的培训"}
        if entry["key"] == "next_plan":
            entry |= {"warning": "与上月一字不差。"}
    describe(sent, content=submission.content, anomalies=2, carried=1)
    response = login(county_reviewer).get(item(sent))
    page = page_of(response)
    assert "2 处异常" in page
    assert "1 项同上月" in page
    assert "▲ 比上月多一半以上。" in page
    assert "填报人说明：补办了上月的培训" in page
    assert "填报人没有说明。" in page
    assert "只看异常和同上月（2）" in page
    assert [row.key for row in response.context["comparison"].warned] == [figure, "next_plan"]


def test_only_the_changes_can_be_shown(sent, cadre, county_reviewer, login):
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    again = submit(returned, by=cadre, value=Decimal(4))
    page = page_of(login(county_reviewer).get(item(again)))
    assert "只看改动（3）" in page


def test_the_place_in_the_queue(site, sent, cadre, county_reviewer, login):
    others = [submit(site.reports.get(month=date(2026, month, 1)), by=cadre) for month in [9, 10]]
    client = login(county_reviewer)
    assert "第 1 份，共 3 份" in page_of(client.get(item(min([sent, *others], key=lambda report: report.pk))))
    decide(client, sent, "passed")
    assert "共 2 份 · 今天已审 1 份" in page_of(client.get(item(others[0])))


def test_the_way_through_the_queue_goes_both_ways(site, cadre, county_reviewer, login):
    queue = []
    for minutes, month in enumerate([9, 10, 11]):
        with clock.set_to(NOON + timedelta(minutes=minutes)):
            queue.append(submit(site.reports.get(month=date(2026, month, 1)), by=cadre))
    client, first, second, third = login(county_reviewer), *queue
    assert client.get(NEXT).url == item(first)
    assert client.get(NEXT, {"after": first.pk}).url == item(second)
    assert client.get(NEXT, {"before": first.pk}).url == item(third)
    assert client.get(NEXT, {"before": third.pk}).url == item(second)
    # What was skipped is not thrown back at the reviewer by the next decision.
    assert decide(client, second, "passed").url == item(third)
    assert decide(client, third, "passed").url == item(first)


def test_the_queue_stays_as_the_list_was_filtered(site, sent, cadre, county_reviewer, login):
    october, september = [submit(site.reports.get(month=date(2026, month, 1)), by=cadre) for month in [10, 9]]
    describe(sent, anomalies=1)
    describe(october, anomalies=1)
    client = login(county_reviewer)
    page = page_of(client.get(QUEUE, {"anomalies": "some"}))
    start = f"{NEXT}?_changelist_filters=anomalies%3Dsome"
    assert f'href="{start}">开始审核</a>' in page
    first = client.get(start).url
    assert first.endswith("?_changelist_filters=anomalies%3Dsome")
    page = page_of(client.get(first))
    assert "第 1 份，共 2 份（按列表的筛选）" in page
    assert f'href="{QUEUE}?anomalies=some">月报审核</a>' in page
    url = reverse("admin:projects_monthlyreport_decide", args=[october.pk])
    answer = client.post(
        f"{url}?_changelist_filters=anomalies%3Dsome", {"verdict": "passed", "version": october.version}
    )
    assert answer.url.startswith(item(sent))
    answer = client.get(NEXT, {"after": sent.pk, "_changelist_filters": "anomalies=some"}, follow=True)
    assert "按列表的筛选，没有别的月报等您审核了。" in page_of(answer)
    assert client.get(NEXT, {"after": sent.pk}).url == item(september)


@pytest.mark.parametrize(
    "asked", ["anomalies=x", "month=%00", "county=²&month=9999-99", "programme__id__exact=a", "&&"]
)
def test_filters_that_make_no_sense_narrow_nothing(sent, county_reviewer, login, asked):
    client = login(county_reviewer)
    assert client.get(item(sent), {"_changelist_filters": asked}).context["queue_length"] == 1
    assert item(sent) in client.get(NEXT, {"_changelist_filters": asked}).url


def test_a_report_that_waits_for_another_desk_has_no_place(sent, city_staff, login):
    response = login(city_staff).get(item(sent))
    assert (response.context["place"], response.context["can_review"]) == (None, False)
    assert "看下一份待审" in page_of(response)


def test_an_item_of_a_report_never_submitted(report, county_reviewer, login):
    page = page_of(login(county_reviewer).get(item(report)))
    assert "这份月报还没有提交过。" in page
    assert "审核决定" not in page


# Openings


def test_the_one_get_that_writes(sent, county_reviewer, auditor, city_staff, login):
    for reader in [auditor, city_staff]:
        login(reader).get(item(sent))
    login(county_reviewer).head(item(sent))
    assert not ReviewOpening.objects.exists()
    client = login(county_reviewer)
    client.get(item(sent))
    client.get(item(sent))
    opening = ReviewOpening.objects.get()
    assert (opening.reviewer, opening.round) == (county_reviewer, 1)


def test_a_colleague_sees_who_has_it_open_and_may_decide(sent, county_reviewer, colleague, login):
    login(county_reviewer).get(item(sent))
    client = login(colleague)
    with clock.set_to(NOON + timedelta(seconds=90)):
        page = page_of(client.get(item(sent)))
        assert "肥西县妇联 示例county 正在看这份月报（1 分钟前）" in page
        assert "示例county（1 分钟前） 正在看" in page_of(client.get(QUEUE))
        assert decide(client, sent, "passed").status_code == 302
    assert "正在看" not in page_of(login(county_reviewer).get(QUEUE))


def test_the_open_page_tells_that_it_is_open_and_hears_what_happened(sent, county_reviewer, colleague, login):
    client, url = login(county_reviewer), reverse("admin:projects_monthlyreport_seen", args=[sent.pk])
    client.get(item(sent))
    with clock.set_to(NOON + timedelta(minutes=5)):
        assert client.post(url).json() == {"present": [], "gone": ""}
        assert ReviewOpening.objects.get().last_seen_at == NOON + timedelta(minutes=5)
        login(colleague).get(item(sent))
        assert client.post(url).json()["present"] == ["肥西县妇联 示例county2 正在看这份月报（刚刚）"]
        decide(login(colleague), sent, "passed")
        gone = "示例county2已于 2026-11-22 12:05 作出“县级审核通过”的决定，这份月报现在是“待市审”。"
        assert client.post(url).json()["gone"] == gone
    assert client.get(url).status_code == 405


# Withdrawal


def test_the_receipt_says_until_when_it_can_be_taken_back(sent, cadre, login):
    client = login(cadre)
    receipt = page_of(client.get(reverse("projects:report_receipt", args=[sent.pk])))
    assert "<dt>可以撤回</dt><dd>到肥西县妇联打开为止</dd>" in receipt
    assert "在肥西县妇联打开之前可以撤回" in receipt
    assert "在肥西县妇联打开之前可以撤回" in page_of(client.get(sent.get_absolute_url()))
    response = withdraw(client, sent)
    assert response.url == reverse("projects:report_edit", args=[sent.pk])
    assert "已撤回" in page_of(client.get(response.url))
    assert '<span class="tag warn">已撤回</span> 11月22日 12:00' in page_of(client.get(sent.get_absolute_url()))


def test_once_opened_the_page_says_by_whom(sent, cadre, county_reviewer, login):
    client = login(cadre)
    open_report(sent, by=county_reviewer)
    page = page_of(client.get(sent.get_absolute_url()))
    assert "肥西县妇联 示例county 已于 2026-11-22 12:00 打开这份月报，不能再撤回" in page
    assert "打开之前可以撤回" not in page
    response = withdraw(client, sent)
    assert response.url == sent.get_absolute_url()
    assert "不能再撤回；要修改，请联系审核人退回。" in page_of(client.get(response.url))
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_others_are_not_offered_the_withdrawal(sent, county_reviewer, leader, login):
    for reader in [county_reviewer, leader]:
        assert "撤回" not in page_of(login(reader).get(sent.get_absolute_url()))
        assert withdraw(login(reader), sent).status_code == 403


def test_a_neighbour_finds_nothing_to_withdraw(sent, neighbour, login):
    assert withdraw(login(neighbour), sent).status_code == 404


def test_a_withdrawal_is_a_post(sent, cadre, login):
    assert login(cadre).get(reverse("projects:report_withdraw", args=[sent.pk])).status_code == 405


@pytest.mark.parametrize("version", ["", "x", "999"])
def test_a_withdrawal_without_the_right_version(sent, cadre, login, version):
    response = withdraw(login(cadre), sent, version=version)
    assert response.url == sent.get_absolute_url()
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_what_was_withdrawn_is_shown_to_nobody_as_the_report(sent, cadre, county_reviewer, login):
    withdraw_report(sent, by=cadre, version=sent.version)
    client = login(county_reviewer)
    assert list(client.get(QUEUE).context["cl"].result_list) == []
    assert client.get(item(sent)).context["comparison"].current is None


# Queue and batch


def test_the_queue_tells_what_is_out_of_the_ordinary(sent, county_reviewer, login):
    describe(sent, anomalies=2, carried=3)
    client = login(county_reviewer)
    page = page_of(client.get(QUEUE))
    assert "2 处" in page
    assert "3 项" in page
    assert f'href="{NEXT}">开始审核</a>' in page
    found = {
        value: list(client.get(QUEUE, {"anomalies": value}).context["cl"].result_list) for value in ["some", "none"]
    }
    assert found == {"some": [sent], "none": []}
    assert list(client.get(QUEUE, {"anomalies": "x"}).context["cl"].result_list) == [sent]
    assert list(client.get(QUEUE, {"o": "5"}).context["cl"].result_list) == [sent]


def test_nobody_starts_without_a_queue(report, county_reviewer, auditor, login):
    for reader in [county_reviewer, auditor]:
        assert "开始审核" not in page_of(login(reader).get(QUEUE))


def test_a_batch_leaves_out_what_has_anomalies_and_says_why(site, sent, cadre, county_reviewer, login):
    odd = submit(site.reports.get(month=date(2026, 10, 1)), by=cadre)
    describe(odd, anomalies=1)
    client, chosen = login(county_reviewer), {"action": "pass_selected", "_selected_action": [sent.pk, odd.pk]}
    page = page_of(client.post(QUEUE, chosen))
    assert "确认通过这 1 份月报" in page
    assert "通过后，这些月报送市妇联审核。" in page
    assert "下面 1 份不在这次批量通过里" in page
    assert "有 1 处异常，不能批量通过，请打开这一份单独审核。" in page
    assert f'name="version_{odd.pk}"' not in page
    versions = {f"version_{sent.pk}": sent.version, f"version_{odd.pk}": odd.version}
    result = page_of(client.post(QUEUE, chosen | versions | {"confirmed": "1"}))
    assert "已通过 1 份，共 2 份" in result
    assert "有 1 处异常，不能批量通过" in result
    odd.refresh_from_db()
    assert odd.status == ReportStatus.COUNTY_REVIEW


def test_a_batch_of_nothing_but_anomalies_offers_no_button(sent, county_reviewer, login):
    describe(sent, anomalies=1)
    page = page_of(login(county_reviewer).post(QUEUE, {"action": "pass_selected", "_selected_action": [sent.pk]}))
    assert "所选月报都不能批量通过" in page
    assert "通过这" not in page


def test_queue_item_and_next_take_the_same_queries_for_one_report_and_thirty(
    sent, tree, programme, cadre, city_staff, county_reviewer, colleague, login
):
    client = login(county_reviewer)
    login(colleague).get(item(sent))

    def queries() -> list[int]:
        counts = []
        for url in [QUEUE, item(sent), f"{NEXT}?after={sent.pk}"]:
            with CaptureQueriesContext(connection) as made:
                client.get(url)
            counts.append(len(made))
        return counts

    client.get(item(sent))
    with_one = queries()
    programme.creation_types.update(quota=99)
    for number in range(29):
        village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
        other = approve_site(factories.site(programme, village), by=city_staff)
        open_report(submit(other.reports.get(month=date(2026, 11, 1)), by=cadre), by=colleague)
    queue_and_item, onwards = queries()[:2], queries()[2]
    assert queue_and_item == with_one[:2]
    assert onwards <= with_one[2]  # alone in the queue, the way goes round to its start
    assert len(client.get(QUEUE).context["cl"].result_list) == 30
