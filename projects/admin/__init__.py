"""The city's desk for programmes, sites and reports."""

from projects.admin.programmes import ProgrammeAdmin, ProgrammeStageAdmin
from projects.admin.reports import MonthlyReportAdmin
from projects.admin.sites import ProjectSiteAdmin

__all__ = ["MonthlyReportAdmin", "ProgrammeAdmin", "ProgrammeStageAdmin", "ProjectSiteAdmin"]
