"""How every action takes hold of a nomination, and what it writes down of a step.

The site's row is the lock under which all steps happen; who decides says which version they saw.
"""

from datetime import date

from django.core.exceptions import ValidationError

from fedwork import clock
from organizations.models import AuditEvent
from projects.models import Nomination, NominationStep, NominationVerb, ProjectSite
from projects.states import SiteStatus

MOVED_ON = "您打开之后，这份申报又有改动或新的办理，请看过再办。"
LATEST_REFUSAL = "日期不能晚于今天。"


def locked_site(site: ProjectSite) -> ProjectSite:
    """The site as it is now, nobody else's until the transaction ends."""
    rows = ProjectSite.objects.select_for_update(of=("self",))
    return rows.select_related("programme__organization", "organization", "creation_type").get(pk=site.pk)


def nomination_of(site: ProjectSite) -> Nomination:
    """What the unit says of itself; made when it isn't there, as of sites entered from a list. Needs the lock."""
    nomination, _ = Nomination.objects.get_or_create(site=site)
    nomination.site = site
    return nomination


def refuse_moved_on(nomination: Nomination, version: int | None) -> None:
    """None sees nothing in particular: a list of many, a script."""
    if version is not None and nomination.version != version:
        raise ValidationError(MOVED_ON, code="stale")


def refuse_unless(site: ProjectSite, *statuses: SiteStatus) -> None:
    if site.status not in statuses:
        raise ValidationError(
            f"“{site}”现在的状态是“{site.get_status_display()}”，不能这样办理；每一步都要按顺序来。", code="stale"
        )


def refuse_future(day: date | None, field: str) -> None:
    if day and day > clock.today():
        raise ValidationError({field: LATEST_REFUSAL})


def move_on(nomination: Nomination, status: SiteStatus, *fields: str) -> None:
    """The site's new state; `fields` are further ones of the nomination that were written."""
    site = nomination.site
    if site.status != status:
        site.status = status
        site.save(update_fields=["status"])
    nomination.version += 1
    nomination.save(update_fields=["version", *fields])


def write_step(site: ProjectSite, verb: NominationVerb, action: str, text: str = "", *, by, **detail) -> None:
    """The step with the state after it, and the row in the log. `detail`: rank, document_number, decided_on."""
    step = NominationStep(site=site, verb=verb, text=text.strip(), status=site.status, **detail)
    step.made_at, step.made_by = clock.now(), by
    try:
        step.full_clean()
    except ValidationError as error:
        # The page knows the words by the name of the form's field.
        raise ValidationError({"reason": error.messages}) from None
    step.save(force_insert=True)
    told = {name: str(value) for name, value in detail.items() if value}
    AuditEvent.objects.record(
        action, site, by=by, organization=site.organization, note=step.text, status=site.get_status_display(), **told
    )
