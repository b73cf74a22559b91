"""整改: raising, answering, reviewing, closing."""

from projects.models import ProjectSite, Rectification
from projects.rules.base import desk_of, within
from projects.states import ReviewDesk


def can_raise_rectification(user, site: ProjectSite | None = None) -> bool:
    """交办 by those who review; of one site when it lies in scope and takes part."""
    may = user.is_active and desk_of(user) is not None
    return may and (site is None or (site.is_approved and within(user, site.organization)))


def can_answer_rectification(user, item: Rectification) -> bool:
    """The post that answers for it, whoever holds the post."""
    is_post = (user.role, user.organization_id) == (item.role, item.organization_id)
    return user.is_active and is_post and within(user, item.site.organization)


def can_review_rectification(user, item: Rectification) -> bool:
    """复核: the level that raised it, and the city in any case; never the post that answers for it."""
    at_desk = desk_of(user) in {item.desk, ReviewDesk.CITY}
    answers = (user.role, user.organization_id) == (item.role, item.organization_id)
    return user.is_active and at_desk and not answers and within(user, item.site.organization)


def can_decide_extension(user, item: Rectification) -> bool:
    """More time is given by somebody else than who asked for it."""
    return can_review_rectification(user, item) and user.pk != item.asked_by_id


def can_close_rectification(user, item: Rectification) -> bool:
    """销号 by somebody else than who put it right."""
    return can_review_rectification(user, item) and user.pk != item.submitted_by_id
