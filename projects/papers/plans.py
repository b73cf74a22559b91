"""项目工作实施方案 as Word."""

from django.utils import timezone

from fedwork.word import Document, Heading, Text
from projects.models import ImplementationPlan
from projects.papers.groups import chinese_day


def plan_document(plan: ImplementationPlan) -> Document:
    """One that isn't approved says so under its title."""
    parts = [] if plan.is_approved else [Text(f"（第{plan.number}版，{plan.get_state_display()}，未正式批准）")]
    for heading, lines in plan.printed_sections:
        parts += [Heading(heading), *map(Text, lines)]
    return Document(plan.title, parts=parts, signature=_signature(plan), made_at=plan.approved_at or plan.saved_at)


def _signature(plan: ImplementationPlan) -> list[str]:
    place = plan.place if plan.site else f"{plan.organization}妇女联合会"
    return [place, chinese_day(timezone.localdate(plan.approved_at or plan.saved_at))]
