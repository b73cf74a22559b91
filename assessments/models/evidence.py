"""Files behind what was said of a site: with the proposal of a veto, with the site's word, with the province's result."""

import pgtrigger
from django.db import models
from django.db.models import Q

from assessments.models.scoring import ScoreRound
from assessments.models.veto import VetoFinding
from fedwork.triggers import kept
from funding.models import Scan
from funding.models.scan import ScanQuerySet, scan_constraints
from projects.models import ProjectSite

Record = VetoFinding | ScoreRound
WORDS = "这个文件已经有了。"
KEPT = [
    "veto",
    "score_round",
    "is_of_site",
    "name",
    "file",
    "thumbnail",
    "size",
    "sha256",
    "uploaded_at",
    "uploaded_by",
]


class EvidenceFileQuerySet(ScanQuerySet):
    def visible_to(self, user) -> "EvidenceFileQuerySet":
        """Whoever sees the veto or the province's result."""
        of_veto = Q(veto__in=VetoFinding.objects.visible_to(user))
        return self.filter(of_veto | Q(score_round__in=ScoreRound.objects.visible_to(user)))

    def of_site(self, site: ProjectSite) -> "EvidenceFileQuerySet":
        """What stands, by what it belongs to."""
        found = self.current().filter(Q(veto__site=site) | Q(score_round__site=site))
        around = found.select_related("veto__item", "score_round", "uploaded_by")
        return around.order_by("veto__item__code", "veto", "is_of_site", "uploaded_at", "pk")

    def for_page(self) -> "EvidenceFileQuerySet":
        """Asked of a record's own files, so that each knows its record without a further query."""
        return self.select_related("uploaded_by", "removed_by")


class EvidenceFile(Scan):
    """A photo or file of a veto (`is_of_site`: what the site showed, else what the proposal is founded on) or the
    province's document. It is never changed, only marked when taken out; a decided veto's files stay as they are."""

    veto = models.ForeignKey(
        VetoFinding, on_delete=models.PROTECT, null=True, related_name="files", verbose_name="一票否决"
    )
    score_round = models.ForeignKey(
        ScoreRound, on_delete=models.PROTECT, null=True, related_name="files", verbose_name="省验结果"
    )
    is_of_site = models.BooleanField("项目点提供", default=False)

    objects = EvidenceFileQuerySet.as_manager()

    owner = "evidence"

    class Meta(Scan.Meta):
        verbose_name = verbose_name_plural = "考核佐证"
        constraints = [
            *scan_constraints("evidence_of_veto", owner="veto", words=WORDS),
            scan_constraints("evidence_of_round", owner="score_round", words=WORDS)[0],
            models.CheckConstraint(
                condition=Q(veto__isnull=False, score_round=None)
                | Q(veto=None, score_round__isnull=False, is_of_site=False),
                name="evidence_of_one",
            ),
        ]
        triggers = [
            *kept("evidence_file", fields=KEPT),
            pgtrigger.Trigger(
                name="evidence_file_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__veto__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM assessments_vetofinding WHERE id = NEW.veto_id AND state <> 'proposed') THEN
                        RAISE EXCEPTION 'pgtrigger: the files of a decided veto stay as they are';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def record(self) -> Record:
        return self.veto or self.score_round

    @property
    def title(self) -> str:
        """As the dossier calls it."""
        subject = self.veto.item.code if self.veto else self.score_round.document_number
        return f"{subject} {self.about} {self.name.removesuffix(self.suffix)}"

    @property
    def folder(self) -> str:
        return f"evidence/{self.record.site_id}"

    @property
    def about(self) -> str:
        if self.veto is None:
            return "省里文件"
        return "项目点提供" if self.is_of_site else "提出时的证据"
