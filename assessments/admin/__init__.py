from assessments.admin.rubrics import RubricAdmin, RubricSectionAdmin

__all__ = ["RubricAdmin", "RubricSectionAdmin"]
