"""Reminders by e-mail: one message per person and run, at most once, tried again after a refusal."""

from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command

from organizations.models import Role
from projects.actions import send_due_reminders, urge_report
from projects.models import ReminderMail
from projects.reminder_mail import mail_reminders
from projects.states import ReportStatus
from tests import factories
from tests.concurrency import at_once
from tests.projects.conftest import NOON, submit
from tests.projects.test_reminders import at, run

pytestmark = pytest.mark.django_db
HERE = "tests.projects.test_reminder_mail"


class OutOfReach(BaseEmailBackend):
    """A mail server that isn't there."""

    tried = 0

    def open(self):
        type(self).tried += 1
        raise ConnectionRefusedError("111")


class Choosy(BaseEmailBackend):
    """Refuses whoever is at wrong.example and takes all others."""

    def send_messages(self, messages):
        if messages[0].to == ["cadre@wrong.example"]:
            raise SMTPRecipientsRefused({"cadre@wrong.example": (550, b"no such user")})
        return len(messages)


class Killed(BaseEmailBackend):
    """The process ends while the message is under way."""

    def send_messages(self, messages):
        raise SystemExit


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.EMAIL_URL, settings.SITE_URL = "smtp://mail.example", "https://fed.example.cn"


@pytest.fixture
def report(site, cadre):
    """November's, the only one that isn't accepted; the cadre has an address."""
    cadre.email = "cadre@example.cn"
    cadre.save()
    site.reports.exclude(month__month=11).update(
        status=ReportStatus.ACCEPTED, accepted_at=NOON, submitted_at=NOON, round=1
    )
    return site.reports.get(month__month=11)


@pytest.fixture
def october(report):
    report.site.reports.filter(month__month=10).update(status=ReportStatus.NOT_STARTED)
    return report.site.reports.get(month__month=10)


def run_and_fail() -> tuple[str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("send_reminders", stdout=out)
    return out.getvalue(), str(refusal.value)


def test_one_message_lists_all_reports_of_the_person(report, october, mailoutbox):
    with at(22):
        assert run().endswith("发出邮件 1 封，共 2 条提醒。\n")
    (message,) = mailoutbox
    assert (message.to, message.subject) == (["cadre@example.cn"], "有 2 份月报需要您办理")
    assert message.body.startswith("山南镇填报员：\n")
    for each in [report, october]:
        assert f"{each}\n" in message.body
        assert f"https://fed.example.cn/reports/{each.pk}/" in message.body


def test_the_next_run_mails_only_what_is_new(report, city_staff, mailoutbox):
    with at(22):
        run()
        assert run().endswith("没有发出邮件。\n")
        urge_report(report, by=city_staff, note="请今天报送")
        run()
    assert len(mailoutbox) == 2
    assert "合肥市妇联11月22日催办：请今天报送" in mailoutbox[1].body


def test_everybody_in_the_post_gets_one_and_nobody_else(report, tree, mailoutbox):
    post = {"role": Role.CADRE, "organization": tree.township}
    factories.user("colleague", email="colleague@example.cn", **post)
    factories.user("left", email="left@example.cn", is_active=False, **post)
    factories.user("leading", email="leading@example.cn", role=Role.LEADER, organization=tree.township)
    with at(22):
        run()
    assert sorted(message.to[0] for message in mailoutbox) == ["cadre@example.cn", "colleague@example.cn"]


def test_nobody_is_mailed_about_what_is_handed_in_or_long_past(report, cadre, settings, mailoutbox):
    settings.EMAIL_URL = ""
    with at(16, month=11):
        run()
    with at(22):
        run()
    settings.EMAIL_URL = "smtp://mail.example"
    with at(30):
        assert mail_reminders().messages == 0
    with at(23):
        submit(report, by=cadre)
        assert mail_reminders().messages == 0
    assert mailoutbox == []


def test_a_server_out_of_reach_is_tried_once_and_again_at_the_next_run(report, tree, settings, mailoutbox):
    factories.user("colleague", email="colleague@example.cn", role=Role.CADRE, organization=tree.township)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, OutOfReach.tried = f"{HERE}.OutOfReach", 0
    with at(22):
        out, refusal = run_and_fail()
        assert out.startswith("2026-11-22：发出提醒 1 条")
        assert refusal == "邮件没有发出，下次运行时再发：cadre（111）"
        assert OutOfReach.tried == 1
        assert ReminderMail.objects.count() == 0
        settings.EMAIL_BACKEND = working
        run()
    assert len(mailoutbox) == 2


def test_an_address_refused_keeps_nobody_else_from_getting_theirs(report, cadre, tree, settings):
    cadre.email = "cadre@wrong.example"
    cadre.save()
    colleague = factories.user("zzz", email="zzz@example.cn", role=Role.CADRE, organization=tree.township)
    settings.EMAIL_BACKEND = f"{HERE}.Choosy"
    with at(22):
        out, refusal = run_and_fail()
    assert out.endswith("发出邮件 1 封，共 1 条提醒。\n")
    assert "cadre（" in refusal
    assert [mail.user for mail in ReminderMail.objects.all()] == [colleague]


def test_a_process_that_dies_while_sending_never_sends_twice(report, settings, mailoutbox):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{HERE}.Killed"
    with at(22):
        with pytest.raises(SystemExit):
            run()
        settings.EMAIL_BACKEND = working
        assert run().endswith("没有发出邮件。\n")
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_mail_once(report, tree):
    factories.user("colleague", email="colleague@example.cn", role=Role.CADRE, organization=tree.township)

    def act(number: int) -> int:
        with at(22):
            send_due_reminders()
            return mail_reminders().messages

    mail.outbox = []  # pytest empties it between tests, the threads share it
    answers = at_once(act, people=4)
    assert sum(answers) == 2
    assert sorted(message.to[0] for message in mail.outbox) == ["cadre@example.cn", "colleague@example.cn"]


def test_without_an_address_nobody_is_mailed(report, cadre, mailoutbox):
    cadre.email = ""
    cadre.save()
    with at(22):
        assert run().endswith("没有发出邮件。\n")
    assert mailoutbox == []
