"""Nominations as tests need them, brought forward through the ordinary actions."""

from datetime import timedelta

from fedwork import clock
from projects.actions import (
    approve_site,
    pass_check,
    propose_site,
    recommend_site,
    record_check,
    save_nomination,
    submit_nomination,
)
from projects.models import Nomination, ProjectSite, SiteChange, SiteCheck
from tests import factories

STEPS = ["submitted", "recommended", "checked", "approved"]


def proposed(programme, organization, *, by, **fields) -> ProjectSite:
    """With complete papers, not yet submitted."""
    kind = fields.pop("creation_type", None) or programme.creation_types.first()
    site = ProjectSite(programme=programme, creation_type=kind, organization=organization, **fields)
    return written(propose_site(site, by=by), by=by)


def written(site, *, by, **changes) -> ProjectSite:
    nomination = Nomination.objects.get(site=site)
    for name, value in (factories.SURVEYED | changes).items():
        setattr(nomination, name, value)
    save_nomination(nomination, by=by, version=nomination.version)
    site.refresh_from_db()
    return site


def checked(site, *, by, is_passed: bool = True, **fields) -> SiteCheck:
    given = {
        "checked_on": min(site.programme.first_month - timedelta(days=10), clock.today()),
        "leader_post": "市妇联副主席",
        "team_posts": "市妇联发展部、县妇联副主席",
        "place": "妇女之家",
        "finding": "与申报材料相符",
    }
    return record_check(SiteCheck(site=site, is_passed=is_passed, **given | fields), by=by)


def brought_to(status: str, site, *, cadre, county, city, rank: int = 1) -> ProjectSite:
    """`site` at `status`, every step made by whose step it is."""
    acts = {
        "submitted": lambda: submit_nomination(site, by=cadre),
        "recommended": lambda: recommend_site(site, by=county, rank=rank, reason="基础好，示范性强"),
        "checked": lambda: checked(site, by=city) and pass_check(site, by=city, opinion="同意上报"),
        "approved": lambda: approve_site(site, by=city),
    }
    for name in STEPS[: STEPS.index(status) + 1] if status in STEPS else []:
        acts[name]()
    site.refresh_from_db()
    return site


def new_change(site, subject="name", after="山南镇小井庄示范村", **fields) -> SiteChange:
    """Not saved: for `projects.actions.ask_change`."""
    return SiteChange(site=site, subject=subject, after=after, reason="村名规范后统一称呼", **fields)
