"""What is written down beside the monthly report: nothing of it counts into a figure, so no report locks it."""

from django.db import models

from organizations.models import Organization, Role
from projects.models.fieldwork import SiteRecord, SiteRecordQuerySet
from projects.models.programme import Programme
from projects.models.site import ProjectSite

EVERYBODY = frozenset({Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF})
DESKS = frozenset({Role.COUNTY_REVIEWER, Role.CITY_STAFF})


class NoteQuerySet(SiteRecordQuerySet):
    def visible_to(self, user) -> "NoteQuerySet":
        return self.none() if user.scope_path is None else self.filter(organization__path__startswith=user.scope_path)

    def for_list(self) -> "NoteQuerySet":
        """Those that stand, the newest first, with what a list shows of them."""
        rows = self.current().select_related("site", "organization", "recorded_by")
        return rows.order_by("-happened_on", "-pk")


class Note(SiteRecord):
    """Of a site, or of an office itself. `organization` is the place to which it belongs: the site's, or the office.

    `role` and `post` say by which post it was written; whoever holds the post may put it right.
    """

    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="项目点"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", verbose_name="批次", editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位", editable=False
    )
    role = models.CharField("岗位角色", max_length=20, choices=Role, editable=False)
    post = models.CharField("记录岗位", max_length=80, editable=False)

    objects = NoteQuerySet.as_manager()

    # Which roles write such notes of a site, and which of their own office; who may do both chooses.
    AT_SITES = EVERYBODY
    OFFICES: frozenset[Role] = frozenset()

    class Meta(SiteRecord.Meta):
        abstract = True

    @property
    def place(self) -> str:
        """The site, or the office in the words of the federation."""
        return str(self.site or self.organization)
