"""A thousand submissions, approvals, returns and saves of the same few reports from many threads over HTTP: each
report goes one legal way, no answer is a crash. Without the row lock the same run is seen to fail."""

import logging
import os
from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from fedwork import clock
from organizations.models import AuditEvent, Level, Role
from projects.actions import approve_site
from projects.models import MonthlyReport, ReportSubmission, ReviewDecision
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.concurrency import at_once
from tests.projects.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = int(os.environ.get("REQUESTS", "1000"))
PEOPLE = 10
REPORTS = 5

# From the audit log: which action may follow which, "" being the beginning.
START, SUBMIT, COUNTY_PASS, CITY_PASS, COUNTY_RETURN, CITY_RETURN, WITHDRAW = (
    "开始填报",
    "提交月报",
    "县级审核通过",
    "市级审核通过",
    "县级审核退回",
    "市级审核退回",
    "撤回月报",
)
AFTER = {
    "": {START},
    START: {SUBMIT},
    SUBMIT: {COUNTY_PASS, COUNTY_RETURN, WITHDRAW},
    COUNTY_PASS: {CITY_PASS, CITY_RETURN},
    COUNTY_RETURN: {SUBMIT},
    CITY_RETURN: {SUBMIT},
    WITHDRAW: {SUBMIT},
    CITY_PASS: set(),
}


@pytest.fixture
def reports(programme, tree, city_staff):
    villages = [
        factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
        for number in range(REPORTS)
    ]
    sites = [approve_site(factories.site(programme, village), by=city_staff) for village in villages]
    return [site.reports.get(month__month=11) for site in sites]


@pytest.fixture
def people(tree, cadre, county_reviewer, city_staff):
    """Ten at their desks: four cadres, three of the county, three of the city."""
    posts = (
        [(Role.CADRE, tree.township)] * 4
        + [(Role.COUNTY_REVIEWER, tree.county)] * 3
        + [(Role.CITY_STAFF, tree.city)] * 3
    )
    return [
        factories.user(f"person{number}", role=role, organization=place) for number, (role, place) in enumerate(posts)
    ]


class Person:
    """Somebody who clicks: picks a report and does to it what the post does, with the version that is there now."""

    def __init__(self, user, reports, seed: int):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user)
        self.user, self.reports, self.rng = user, reports, Random(seed)
        self.answers = Counter()

    def work(self, count: int) -> Counter:
        with clock.set_to(NOON):
            for _ in range(count):
                self.click(MonthlyReport.objects.get(pk=self.rng.choice(self.reports).pk))
        return self.answers

    def click(self, report: MonthlyReport) -> None:
        if self.user.role == Role.CADRE:
            self.fill_in_or_send(report)
        else:
            data = {"version": report.version, "verdict": self.rng.choice(["passed", "returned"]), "reason": "请核对"}
            if data["verdict"] == "returned" and self.rng.random() < 0.5:
                data["remark_next_plan"] = "写具体些"
            self.post(reverse("admin:projects_monthlyreport_decide", args=[report.pk]), data)

    def fill_in_or_send(self, report: MonthlyReport) -> None:
        if report.status == ReportStatus.NOT_STARTED or self.rng.random() < 0.3:
            self.save(report)
        elif self.rng.random() < 0.15:
            self.post(reverse("projects:report_withdraw", args=[report.pk]), {"version": report.version})
        elif self.rng.random() < 0.5:
            self.post(reverse("projects:report_submit", args=[report.pk]), {"version": report.version})
        else:
            data = {"report": report.pk, f"version_{report.pk}": report.version}
            self.post(reverse("projects:month_submit", args=[2026, 11]), data)

    def save(self, report: MonthlyReport) -> None:
        sheet = report_sheet(MonthlyReport.objects.select_related("site__programme").get(pk=report.pk))
        data = {line.key: "3" for line in sheet.figures} | {task.percent_key: "60" for task in sheet.open_tasks}
        data |= {"next_plan": "继续", "version": report.version, "writer": self.user.pk}
        self.post(reverse("projects:report_autosave", args=[report.pk]), data)

    def post(self, url: str, data: dict) -> None:
        self.answers[self.client.post(url, data).status_code] += 1


def run(people, reports) -> Counter:
    clerks = [Person(user, reports, seed) for seed, user in enumerate(people)]
    answers = at_once(lambda number: clerks[number].work(REQUESTS // PEOPLE), people=PEOPLE)
    assert all(isinstance(answer, Counter) for answer in answers), answers
    return sum(answers, Counter())


def illegal_steps(reports) -> list[str]:
    """What the log tells that can't have happened one after the other."""
    found = []
    for report in reports:
        events = AuditEvent.objects.about(report).filter(action__in=AFTER).order_by("id")
        actions = ["", *events.values_list("action", flat=True)]
        found += [
            f"{report}：{before} 之后 {after}" for before, after in pairwise(actions) if after not in AFTER[before]
        ]
        rounds = [action for action in actions if action == SUBMIT]
        if ReportSubmission.objects.filter(report=report).count() != len(rounds):
            found.append(f"{report}：提交的轮次和记录不符")
        decided = [action for action in actions if action in {COUNTY_PASS, CITY_PASS, COUNTY_RETURN, CITY_RETURN}]
        if ReviewDecision.objects.filter(submission__report=report).count() != len(decided):
            found.append(f"{report}：审核决定和记录不符")
    return found


def test_a_thousand_clicks_at_once(people, reports, record_property):
    answers = run(people, reports)
    print(f"\n{answers.total()} 次请求：{dict(sorted(answers.items()))}")
    assert answers.total() == REQUESTS
    assert not [status for status in answers if status >= 500]
    assert illegal_steps(reports) == []
    assert AuditEvent.objects.filter(action=SUBMIT).count() > REPORTS  # there was something to go wrong


def test_the_same_without_the_row_lock_is_seen_to_fail(people, reports, monkeypatch, caplog):
    """The check can fail: with the lock taken out, answers crash or the log tells impossible steps."""
    caplog.set_level(logging.CRITICAL, logger="django.request")  # crashes are what is looked for
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    answers = run(people, reports)
    assert [status for status in answers if status >= 500] or illegal_steps(reports)
