from projects.models.attachment import Attachment
from projects.models.bulletin import Bulletin
from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.fieldwork import Activity, ActivityKind, Festival, Publicity, PublicityChannel, SiteRecord
from projects.models.figures import ProgressLine, ReportFigure
from projects.models.inspection import Heading, Inspection
from projects.models.measure import Measure
from projects.models.meeting import Meeting, MeetingAttendee, MeetingKind
from projects.models.note import Note
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
from projects.models.support import AwarenessSurvey, GovernmentLevel, GovernmentReport, InKindHelp, Pairing, PairingKind
from projects.models.training import (
    AttendeeKind,
    HalfDay,
    Training,
    TrainingAttendee,
    TrainingLevel,
    TrainingSession,
    TrainingTopic,
)
from projects.models.visit import GuidanceVisit, Interlocutor, LedBy, Topic, VisitLevel
from projects.models.worklog import WorkLog, WorkLogAddition

__all__ = [
    "Activity",
    "ActivityKind",
    "Addressee",
    "Attachment",
    "AttendeeKind",
    "AwarenessSurvey",
    "Bulletin",
    "CreationType",
    "Festival",
    "FigureCorrection",
    "GovernmentLevel",
    "GovernmentReport",
    "GuidanceVisit",
    "HalfDay",
    "Heading",
    "InKindHelp",
    "Inspection",
    "Interlocutor",
    "LedBy",
    "Measure",
    "Meeting",
    "MeetingAttendee",
    "MeetingKind",
    "MonthClose",
    "MonthlyReport",
    "Note",
    "Pairing",
    "PairingKind",
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
    "Training",
    "TrainingAttendee",
    "TrainingLevel",
    "TrainingSession",
    "TrainingTopic",
    "VisitLevel",
    "WorkLog",
    "WorkLogAddition",
    "is_supplementary",
]
