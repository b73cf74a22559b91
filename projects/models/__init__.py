from projects.models.archive import ArchiveCategory, ArchiveSource, Retention
from projects.models.attachment import Attachment
from projects.models.bulletin import Bulletin
from projects.models.calendar_feed import CalendarFeed
from projects.models.change import ChangeState, ChangeSubject, SiteChange
from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.duty import ContactKind, Duty, SiteContact
from projects.models.fieldwork import Activity, ActivityKind, Festival, Publicity, PublicityChannel, SiteRecord
from projects.models.figures import ProgressLine, ReportFigure
from projects.models.group import GroupKind, GroupMember, GroupRole, LeadingGroup
from projects.models.inspection import Heading, Inspection
from projects.models.light import LightChange, LightRule
from projects.models.measure import Measure
from projects.models.meeting import Meeting, MeetingAttendee, MeetingKind
from projects.models.nomination import Nomination, NominationStep, NominationVerb, Recommendation, SiteCheck
from projects.models.note import Note
from projects.models.plan import ImplementationPlan, PlanState, PlanStep, PlanStepKind
from projects.models.programme import CreationType, Programme
from projects.models.rectification import (
    Rectification,
    RectificationCategory,
    RectificationSource,
    RectificationState,
    RectificationStep,
    StepKind,
)
from projects.models.reminder import Addressee, Reminder, ReminderMail, ReminderRule, ReminderSeen
from projects.models.replan import ReplanRequest
from projects.models.report import MonthlyReport, ReportSubmission, ReviewDecision
from projects.models.review import ReviewOpening
from projects.models.schedule import PlanConfirmation, ScheduleItem, Stage, StageStep
from projects.models.site import ProjectSite
from projects.models.stages import ProgrammeStage, StageOutput, TaskTemplate
from projects.models.standard import CreationStandard
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
    "ArchiveCategory",
    "ArchiveSource",
    "Attachment",
    "AttendeeKind",
    "AwarenessSurvey",
    "Bulletin",
    "CalendarFeed",
    "ChangeState",
    "ChangeSubject",
    "ContactKind",
    "CreationStandard",
    "CreationType",
    "Duty",
    "Festival",
    "FigureCorrection",
    "GovernmentLevel",
    "GovernmentReport",
    "GroupKind",
    "GroupMember",
    "GroupRole",
    "GuidanceVisit",
    "HalfDay",
    "Heading",
    "ImplementationPlan",
    "InKindHelp",
    "Inspection",
    "Interlocutor",
    "LeadingGroup",
    "LedBy",
    "LightChange",
    "LightRule",
    "Measure",
    "Meeting",
    "MeetingAttendee",
    "MeetingKind",
    "MonthClose",
    "MonthlyReport",
    "Nomination",
    "NominationStep",
    "NominationVerb",
    "Note",
    "Pairing",
    "PairingKind",
    "PlanConfirmation",
    "PlanState",
    "PlanStep",
    "PlanStepKind",
    "Programme",
    "ProgrammeStage",
    "ProgressLine",
    "ProjectSite",
    "Publicity",
    "PublicityChannel",
    "Recommendation",
    "Rectification",
    "RectificationCategory",
    "RectificationSource",
    "RectificationState",
    "RectificationStep",
    "Reminder",
    "ReminderMail",
    "ReminderRule",
    "ReminderSeen",
    "ReplanRequest",
    "ReportFigure",
    "ReportSubmission",
    "ReportUnlock",
    "Retention",
    "ReviewDecision",
    "ReviewOpening",
    "ScheduleItem",
    "SiteChange",
    "SiteCheck",
    "SiteContact",
    "SiteRecord",
    "Stage",
    "StageOutput",
    "StageStep",
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
