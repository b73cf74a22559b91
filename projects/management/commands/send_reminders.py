"""Run by a timer (deploy/fedwork-reminders.timer): sends the reminders that are due, and the e-mails about them."""

from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fedwork import clock
from projects.actions import send_due_reminders
from projects.models import Reminder, ReminderRule
from projects.reminder_mail import MailRun, mail_reminders


class Command(BaseCommand):
    help = "发出到今天为止应发而未发的月报提醒。可以重复运行，不会重发；停了几天再运行，只补发每份月报最近的一步。"

    def handle(self, *args, **options):
        self.stdout.write(in_app_words(send_due_reminders()))
        if not settings.EMAIL_URL:
            self.stdout.write("没有设置 EMAIL_URL，不发邮件。")
            return
        run = mail_reminders()
        self.stdout.write(mail_words(run))
        if run.refused:
            raise CommandError("邮件没有发出，下次运行时再发：" + "；".join(run.refused))


def in_app_words(sent: list[Reminder]) -> str:
    today = f"{clock.today():%Y-%m-%d}"
    if not sent:
        return f"{today}：没有新的提醒要发。"
    counts = Counter(reminder.rule for reminder in sent)
    parts = "；".join(f"{rule.label} {counts[rule]} 条" for rule in ReminderRule if counts[rule])
    late = sum(reminder.for_day < clock.today() for reminder in sent)
    caught_up = f"其中 {late} 条前几天就该发，今天补发。" if late else ""
    return f"{today}：发出提醒 {len(sent)} 条（{parts}）。{caught_up}"


def mail_words(run: MailRun) -> str:
    if not run.messages:
        return "没有发出邮件。"
    return f"发出邮件 {run.messages} 封，共 {run.reminders} 条提醒。"
