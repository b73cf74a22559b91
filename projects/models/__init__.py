from projects.models.attachment import Attachment
from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.programme import CreationType, Measure, Programme, ProgrammeStage, TaskTemplate
from projects.models.reminder import Addressee, Reminder, ReminderMail, ReminderRule, ReminderSeen
from projects.models.report import MonthlyReport, ProgressLine, ReportFigure, ReportSubmission, ReviewDecision
from projects.models.review import ReviewOpening
from projects.models.schedule import ScheduleItem, Stage
from projects.models.site import ProjectSite

__all__ = [
    "Addressee",
    "Attachment",
    "CreationType",
    "FigureCorrection",
    "Measure",
    "MonthClose",
    "MonthlyReport",
    "Programme",
    "ProgrammeStage",
    "ProgressLine",
    "ProjectSite",
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
    "Stage",
    "TaskTemplate",
    "is_supplementary",
]
