"""The sections of a site's page, in the order in which people ask: where does it stand, what is due, money, reports,
visits, open items, people, file. A new section is a line in SECTIONS and its part of the context."""

from dataclasses import dataclass

from organizations.models import Role


@dataclass(frozen=True)
class Section:
    """`needs` names what of the context has to be there, so that nothing empty is shown."""

    anchor: str
    label: str
    template: str
    needs: str = ""


SECTIONS = [
    Section("light", "现状", "projects/_site_light.html"),
    Section("due", "要办的事", "projects/_site_due.html", "due"),
    Section("money", "资金", "projects/_site_panels.html", "panels"),
    Section("reports", "月报", "projects/_site_reports.html", "reports"),
    Section("visits", "调研指导", "projects/_site_visits.html", "visits"),
    Section("logs", "日志", "projects/_site_logs.html", "logs"),
    Section("items", "整改", "projects/_site_rectifications.html", "rectifications"),
    Section("stages", "阶段", "projects/_stages.html", "gates"),
    Section("schedule", "日程", "projects/_site_stages.html"),
    Section("people", "责任", "projects/_site_people.html", "people"),
    Section("archive", "资料", "projects/_site_archive.html", "archive"),
    Section("changes", "变更", "projects/_site_changes.html", "changes"),
    Section("facts", "基本情况", "projects/_site_facts.html"),
]
FIRST = {Role.CADRE: ["due", "light", "reports"]}  # who does the work asks first what is to be done


def sections_for(user, context: dict) -> list[Section]:
    """Those that have something to show, in the order of the user's role."""
    first = FIRST.get(user.role, [])
    order = {anchor: place for place, anchor in enumerate(first)}
    shown = [section for section in SECTIONS if not section.needs or context.get(section.needs)]
    return sorted(shown, key=lambda section: order.get(section.anchor, len(first)))
