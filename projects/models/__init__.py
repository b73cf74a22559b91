from projects.models.attachment import Attachment
from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.fieldwork import Activity, ActivityKind, Festival, Publicity, PublicityChannel, SiteRecord
from projects.models.figures import ProgressLine, ReportFigure
from projects.models.light import LightChange, LightRule
from projects.models.measure import Measure
from projects.models.meeting import Meeting, MeetingAttendee, MeetingKind
from projects.models.programme import CreationType, Programme, ProgrammeStage, TaskTemplate
from projects.models.rectification import (
    Rectification,
    RectificationCategory,
    RectificationSource,
    RectificationState,
    RectificationStep,
    StepKind,
)
from projects.models.reminder import Addressee, Reminder, ReminderMail, ReminderRule, ReminderSeen
from projects.models.report import MonthlyReport, ReportSubmission, ReviewDecision
from projects.models.review import ReviewOpening
from projects.models.schedule import ScheduleItem, Stage
from projects.models.site import ProjectSite
from projects.models.visit import GuidanceVisit, Interlocutor, Topic, VisitLevel

__all__ = [
    "Activity",
    "ActivityKind",
    "Addressee",
    "Attachment",
    "CreationType",
    "Festival",
    "FigureCorrection",
    "GuidanceVisit",
    "Interlocutor",
    "LightChange",
    "LightRule",
    "Measure",
    "Meeting",
    "MeetingAttendee",
    "MeetingKind",
    "MonthClose",
    "MonthlyReport",
    "Programme",
    "ProgrammeStage",
    "ProgressLine",
    "ProjectSite",
    "Publicity",
    "PublicityChannel",
    "Rectification",
    "RectificationCategory",
    "RectificationSource",
    "RectificationState",
    "RectificationStep",
    "Reminder",
    "ReminderMail",
    "ReminderRule",
    "ReminderSeen",
    "ReportFigure",
    "ReportSubmission",
    "ReportUnlock",
    "ReviewDecision",
    "ReviewOpening",
    "ScheduleItem",
    "SiteRecord",
    "Stage",
    "StepKind",
    "TaskTemplate",
    "Topic",
    "VisitLevel",
    "is_supplementary",
]
