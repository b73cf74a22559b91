from projects.models.deadlines import FigureCorrection, MonthClose, ReportUnlock, is_supplementary
from projects.models.programme import CreationType, Measure, Programme, ProgrammeStage, TaskTemplate
from projects.models.report import MonthlyReport, ProgressLine, ReportFigure, ReportSubmission, ReviewDecision
from projects.models.schedule import ScheduleItem, Stage
from projects.models.site import ProjectSite

__all__ = [
    "CreationType",
    "FigureCorrection",
    "Measure",
    "MonthClose",
    "MonthlyReport",
    "Programme",
    "ProgrammeStage",
    "ProgressLine",
    "ProjectSite",
    "ReportFigure",
    "ReportSubmission",
    "ReportUnlock",
    "ReviewDecision",
    "ScheduleItem",
    "Stage",
    "TaskTemplate",
    "is_supplementary",
]
