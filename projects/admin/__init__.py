"""The city's desk for programmes, sites and reports."""

from projects.admin.calendar import CalendarExceptionAdmin
from projects.admin.lights import LightRuleAdmin
from projects.admin.months import MonthCloseAdmin
from projects.admin.programmes import ProgrammeAdmin, ProgrammeStageAdmin
from projects.admin.reports import MonthlyReportAdmin
from projects.admin.sites import ProjectSiteAdmin

__all__ = [
    "CalendarExceptionAdmin",
    "LightRuleAdmin",
    "MonthCloseAdmin",
    "MonthlyReportAdmin",
    "ProgrammeAdmin",
    "ProgrammeStageAdmin",
    "ProjectSiteAdmin",
]
