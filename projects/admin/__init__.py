"""The city's desk for programmes, sites and reports."""

from projects.admin.calendar import CalendarExceptionAdmin
from projects.admin.groups import DutyAdmin, ImplementationPlanAdmin, LeadingGroupAdmin
from projects.admin.lights import LightRuleAdmin
from projects.admin.months import MonthCloseAdmin
from projects.admin.programmes import ProgrammeAdmin, ProgrammeStageAdmin
from projects.admin.reports import MonthlyReportAdmin
from projects.admin.sites import ProjectSiteAdmin
from projects.admin.standards import CreationStandardAdmin

__all__ = [
    "CalendarExceptionAdmin",
    "CreationStandardAdmin",
    "DutyAdmin",
    "ImplementationPlanAdmin",
    "LeadingGroupAdmin",
    "LightRuleAdmin",
    "MonthCloseAdmin",
    "MonthlyReportAdmin",
    "ProgrammeAdmin",
    "ProgrammeStageAdmin",
    "ProjectSiteAdmin",
]
