"""Reminders by e-mail: one message to each person of the post with an address, at most once."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from fedwork import clock
from organizations.models import User
from projects.models import Reminder, ReminderMail

# Who gets an address later isn't told of what is long past.
RECENT = timedelta(days=7)


@dataclass
class MailRun:
    """What one run did. `refused`: what the mail server said, for each message that it didn't take."""

    messages: int = 0
    reminders: int = 0
    refused: list[str] = field(default_factory=list)


def mail_reminders() -> MailRun:
    """Mail what the posts' people haven't been mailed yet. Needs settings.EMAIL_URL."""
    run = MailRun()
    with _Server() as server:
        for user, reminders in _to_mail().items():
            if server.is_gone:
                break
            if _claim(user, reminders):
                _send_or_give_back(server, user, reminders, run)
    return run


def _send_or_give_back(server: "_Server", user: User, reminders: list[Reminder], run: MailRun) -> None:
    try:
        server.send(_message(user, reminders))
    except (OSError, SMTPException, ValueError) as error:  # ValueError: an address that can't be written in a header
        _give_back(user, reminders)
        run.refused.append(f"{user.username}（{error}）")
    else:
        run.messages += 1
        run.reminders += len(reminders)


class _Server:
    """One connection for the whole run, made anew after a refusal; once it can't be made the server is gone."""

    def __init__(self):
        self.connection = get_connection()
        self.is_gone = False

    def __enter__(self):
        return self

    def send(self, message: EmailMessage) -> None:
        try:
            self.connection.open()
        except (OSError, SMTPException):
            self.is_gone = True
            raise
        message.connection = self.connection
        try:
            message.send()
        except (OSError, SMTPException):
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        with suppress(OSError, SMTPException):
            self.connection.close()
        self.connection = get_connection()

    def __exit__(self, *error):
        self._hang_up()


def _to_mail() -> dict[User, list[Reminder]]:
    """Recent reminders that are still to be done, by the person to be told; three queries."""
    recent = Reminder.objects.unsettled().filter(sent_at__gte=clock.now() - RECENT)
    recent = recent.select_related("report__site__organization", "place", "sent_by__organization")
    people = _people({(each.place_id, each.role) for each in recent})
    claimed = set(ReminderMail.objects.filter(reminder__in=recent).values_list("reminder", "user"))
    found: dict[User, list[Reminder]] = {}
    for reminder in recent:
        for user in people.get((reminder.place_id, reminder.role), []):
            if (reminder.pk, user.pk) not in claimed:
                found.setdefault(user, []).append(reminder)
    return found


def _people(posts: set[tuple[int, str]]) -> dict[tuple[int, str], list[User]]:
    users = User.objects.filter(is_active=True, organization__in={place for place, _ in posts}).exclude(email="")
    people: dict[tuple[int, str], list[User]] = {}
    for user in users.select_related("organization"):
        people.setdefault((user.organization_id, user.role), []).append(user)
    return people


def _claim(user: User, reminders: Iterable[Reminder]) -> bool:
    """Committed before anything goes out; False when another run has claimed one of them meanwhile."""
    now = clock.now()
    try:
        with transaction.atomic():
            ReminderMail.objects.bulk_create(
                [ReminderMail(reminder=reminder, user=user, claimed_at=now) for reminder in reminders]
            )
    except IntegrityError:
        return False
    return True


def _give_back(user: User, reminders: Iterable[Reminder]) -> None:
    ReminderMail.objects.filter(user=user, reminder__in=reminders).delete()


def _message(user: User, reminders: list[Reminder]) -> EmailMessage:
    context = {"user": user, "reminders": reminders, "site_url": settings.SITE_URL, "today": clock.today()}
    return EmailMessage(
        subject=f"有 {len(reminders)} 份月报需要您办理",
        body=render_to_string("projects/reminder_mail.txt", context),
        to=[user.email],
    )
