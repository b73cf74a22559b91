"""专账核算: whether the money of a site is kept on an account of its own. Said with who and when, never changed: the last
statement counts, and a paper of a past day shows what was said by then."""

from django.db import models

from fedwork import clock
from fedwork.triggers import append_only
from projects.models import ProjectSite


class BookkeepingQuerySet(models.QuerySet):
    def known_at(self, moment) -> "BookkeepingQuerySet":
        """What had been said by `moment`."""
        return self.filter(recorded_at__lte=moment)

    def latest_of(self, sites) -> dict[int, "BookkeepingStatement"]:
        """By site's id. One query."""
        found = self.filter(site__in=sites).order_by("site_id", "-recorded_at", "-pk").distinct("site_id")
        return {statement.site_id: statement for statement in found.select_related("recorded_by")}


class BookkeepingStatement(models.Model):
    """One site's money: kept apart or not, and where."""

    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, related_name="bookkeeping_statements", verbose_name="项目点"
    )
    is_separate = models.BooleanField("专账核算", choices=[(True, "是"), (False, "否")])
    note = models.CharField("说明", max_length=60, blank=True, help_text="如：乡镇财政所单设账簿")
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )

    objects = BookkeepingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专账核算情况"
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["site", "-recorded_at"], name="bookkeeping_of_site")]
        triggers = append_only("bookkeeping")

    def __str__(self) -> str:
        return f"{self.site}{'已' if self.is_separate else '未'}专账核算"
