"""What a 整改事项 takes over from the visit or inspection that found it, so that nothing is written twice."""

from dataclasses import dataclass

from projects.models import GuidanceVisit, Heading, Inspection, RectificationCategory, RectificationSource

CATEGORY_OF = {Heading.PROGRESS: RectificationCategory.PROGRESS, Heading.MANAGEMENT: RectificationCategory.MATERIALS}


@dataclass(frozen=True)
class Found:
    """`source` is also the name of the item's field that leads back to `origin`; `initial` is what stands in the form."""

    origin: GuidanceVisit | Inspection
    source: RectificationSource
    initial: dict


def found_by(origin: GuidanceVisit | Inspection, heading: str = "") -> Found:
    """`heading` names the finding of an inspection; a visit gives what it left to be done."""
    day = origin.happened_on
    if isinstance(origin, GuidanceVisit):
        told = {"source_note": f"{day.month}月调研指导", "problem": origin.follow_up[:500]}
        return Found(origin, RectificationSource.VISIT, {"found_on": day} | told)
    told = {"source_note": origin.team, "problem": "", "category": ""}
    if heading in Heading.values:
        told |= {"problem": getattr(origin, heading)[:500], "category": CATEGORY_OF.get(heading, "")}
    return Found(origin, RectificationSource.INSPECTION, {"found_on": day} | told)
