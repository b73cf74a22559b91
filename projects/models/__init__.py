from projects.models.attachment import Attachment
from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.duty import ContactKind, Duty, SiteContact
from projects.models.fieldwork import Activity, ActivityKind, Festival, Publicity, PublicityChannel, SiteRecord
from projects.models.figures import ProgressLine, ReportFigure
from projects.models.group import GroupKind, GroupMember, GroupRole, LeadingGroup
from projects.models.measure import Measure
from projects.models.meeting import Meeting, MeetingAttendee, MeetingKind
from projects.models.plan import ImplementationPlan, PlanState, PlanStep, PlanStepKind
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
    "ContactKind",
    "CreationType",
    "Duty",
    "Festival",
    "FigureCorrection",
    "GroupKind",
    "GroupMember",
    "GroupRole",
    "GuidanceVisit",
    "ImplementationPlan",
    "Interlocutor",
    "LeadingGroup",
    "Measure",
    "Meeting",
    "MeetingAttendee",
    "MeetingKind",
    "MonthClose",
    "MonthlyReport",
    "PlanState",
    "PlanStep",
    "PlanStepKind",
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
    "SiteContact",
    "SiteRecord",
    "Stage",
    "StepKind",
    "TaskTemplate",
    "Topic",
    "VisitLevel",
    "is_supplementary",
]
