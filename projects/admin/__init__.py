from projects.admin.reports import MonthlyReportAdmin

__all__ = ["MonthlyReportAdmin"]
