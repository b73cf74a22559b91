"""The gates between stages: where a site stands, what is missing there, and who has to bring it about."""

from dataclasses import dataclass, field
from datetime import date

from projects.models import ProjectSite, Stage, StageOutput, StageStep
from projects.schedule.proofs import PROOFS, Finding
from projects.states import Mark


@dataclass(frozen=True)
class Output:
    """One output of a stage, and what was found of it. `url` is empty where the reader may not go there."""

    name: str
    finding: Finding
    who: str
    url: str


@dataclass
class Gate:
    """A stage of a site. Outputs are looked for only where the site stands: what is completed was looked at, what comes
    later will be."""

    stage: Stage
    today: date
    names: list[str]
    is_current: bool = False
    outputs: list[Output] = field(default_factory=list)
    steps: list[StageStep] = field(default_factory=list)

    @property
    def missing(self) -> list[Output]:
        return [output for output in self.outputs if not output.finding.is_there]

    @property
    def is_begun(self) -> bool:
        return self.stage.starts_on <= self.today

    @property
    def mark(self) -> Mark:
        if self.stage.is_completed:
            return Mark("已完成", "ok")
        if days := self.stage.days_over(self.today):
            return Mark(f"超期 {days} 天未完成", "bad")
        if not self.is_begun:
            return Mark("未开始", "idle")
        return Mark("进行中", "wait") if self.is_current else Mark("等前一阶段完成", "warn")


def gates(site: ProjectSite, today: date, *, reader=None) -> list[Gate]:
    """Of all stages in order; three queries and those of the proofs of one stage."""
    stages = list(
        site.stages.select_related("completed_by").prefetch_related("steps__made_by").order_by("starts_on", "pk")
    )
    rows = outputs_of(site)
    found = [
        Gate(stage, today, [row.name for row in rows.get(stage.kind, [])], steps=list(stage.steps.all()))
        for stage in stages
    ]
    if current := next((gate for gate in found if not gate.stage.is_completed), None):
        current.is_current = True
        current.stage.site = site
        current.outputs = look_for(current.stage, rows.get(current.stage.kind, []), reader=reader)
    return found


def outputs_of(site: ProjectSite) -> dict[str, list[StageOutput]]:
    """By the kind of the stage."""
    found: dict[str, list[StageOutput]] = {}
    for row in StageOutput.objects.filter(stage__programme=site.programme_id).select_related("stage"):
        found.setdefault(row.stage.kind, []).append(row)
    return found


def look_for(stage: Stage, rows: list[StageOutput], *, reader=None) -> list[Output]:
    return [_look_for(stage, row, reader) for row in rows]


def _look_for(stage: Stage, row: StageOutput, reader) -> Output:
    proof = PROOFS[row.proof]
    finding = proof.find(stage, row.parameter)
    return Output(row.name, finding, proof.who, finding.url if reader and proof.opens(reader) else "")
