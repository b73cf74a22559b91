"""The schedule: confirming it, completing stages, asking for other dates and deciding on them."""

from organizations.models import Role
from projects.models import ProjectSite, ReplanRequest, ScheduleItem, Stage
from projects.rules.base import desk_of, within
from projects.rules.programmes import can_manage_programme


def can_confirm_plan(user, site: ProjectSite) -> bool:
    """The site stands by its schedule: its cadres, or the county for them."""
    may = user.is_active and user.role in {Role.CADRE, Role.COUNTY_REVIEWER}
    return may and site.is_approved and within(user, site.organization)


def can_complete_stage(user, stage: Stage) -> bool:
    """Those who review; nobody declares the own work done."""
    return user.is_active and desk_of(user) is not None and within(user, stage.site.organization)


def can_reopen_stage(user, stage: Stage) -> bool:
    return can_plan_site(user, stage.site)


def can_move_stage(user, stage: Stage) -> bool:
    return can_plan_site(user, stage.site)


def can_plan_site(user, site: ProjectSite) -> bool:
    """Who runs the programme sets the dates of its sites."""
    return can_manage_programme(user, site.programme) and within(user, site.organization)


def can_ask_replan(user, item: ScheduleItem) -> bool:
    """Asked by those who have to keep the date; the city needs not ask."""
    may = user.is_active and user.role in {Role.CADRE, Role.COUNTY_REVIEWER}
    return may and within(user, item.stage.site.organization)


def can_replan(user, item: ScheduleItem) -> bool:
    """Without asking."""
    return can_plan_site(user, item.stage.site)


def can_decide_replan(user, request: ReplanRequest) -> bool:
    """The city, and never on what the same person asked for."""
    return can_plan_site(user, request.site) and user.pk != request.asked_by_id


def can_subscribe(user) -> bool:
    """Everybody who signs in may have a calendar; what is in it is what concerns the post."""
    return user.is_active
