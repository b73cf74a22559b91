"""Supervision meetings and their packs."""

from projects.models import Meeting
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme
from projects.rules.reports import can_view_stuck


def can_view_meetings(user) -> bool:
    """Those who look over the whole; a meeting's decisions reach the cadres as 整改事项."""
    return can_view_stuck(user)


def can_view_meeting_pack(user, meeting: Meeting) -> bool:
    """The pack names the sites of every county: it is for those whose scope is the whole programme."""
    return can_view_meetings(user) and within(user, meeting.programme.organization)


def can_manage_meeting(user, obj: Meeting | None = None) -> bool:
    """Who runs the programme calls its meetings and keeps their minutes."""
    return can_manage_programme(user, obj and obj.programme)
