"""整改事项 as tests need them: raised through the ordinary action."""

from datetime import date

from organizations.models import Role
from projects.actions import raise_rectification, submit_rectification
from projects.models import Rectification

DUE = date(2026, 12, 4)  # a Friday, ten working days after the tests' Sunday


def new_item(site, **fields) -> Rectification:
    """Not yet saved; the township's cadre answers for it."""
    given = {
        "source": "inspection",
        "found_on": date(2026, 11, 20),
        "category": "materials",
        "problem": "培训签到表缺 2 期",
        "measure": "补齐签到表并附照片",
        "organization": site.organization.parent,
        "role": Role.CADRE,
        "due_on": DUE,
    }
    return Rectification(site=site, **given | fields)


def raised(site, *, by, **fields) -> Rectification:
    return raise_rectification(new_item(site, **fields), by=by)


def submitted(item, *, by, text="已补齐，见照片") -> Rectification:
    return submit_rectification(item, by=by, version=item.version, text=text)
