"""Problems, needs and plans as a careful colleague in a township writes them; sentences in texts.csv."""

from functools import cache
from random import Random

from demo.files import read_rows
from demo.programme import BASE_TYPE, CURRENT_MONTH
from projects.models import ProjectSite
from projects.sheet import Anomaly, TaskLine

LAGGING = 15  # percent behind the plan from which a cadre explains herself


@cache
def _sentences(kind: str, stage: str, creation_type: str) -> tuple[str, ...]:
    wanted = {"kind": kind, "stage": stage, "creation_type": creation_type}
    return tuple(row["text"] for row in read_rows("texts") if wanted.items() <= row.items())


@cache
def _reasons() -> dict[str, str]:
    return {row["name"]: row["reason_for_delay"] for row in read_rows("tasks")}


@cache
def _seasons() -> dict[int, str]:
    return {int(row["month"]): row["plan"] for row in read_rows("seasons")}


def lagging(tasks: list[TaskLine], percents: dict[int, int]) -> list[TaskLine]:
    return [task for task in tasks if task.expected - percents[task.item.pk] >= LAGGING]


class Narrator:
    """One site's voice: it goes through its sentences in an order of its own and hardly repeats itself."""

    def __init__(self, site: ProjectSite, number: int):
        self.creation_type = site.creation_type.name
        self.number = number
        town = _town(site.township_name)
        office = "街道办" if town == "街道" else f"{town}政府"
        self.places = {"county": _federation(site.county_name), "town": town, "office": office}

    def texts(self, month: int, *, next_calendar_month: int, late: list[TaskLine]) -> dict[str, str]:
        """For the month counted from the launch; `late` are the tasks behind the plan."""
        return {
            "problems": self._problems(month, late),
            "needs": self._needs(month),
            "next_plan": self._next_plan(month, next_calendar_month),
        }

    def reasons(self, anomalies: list[Anomaly], month: int) -> dict[str, str]:
        """A line of reason for each, by the key of the field."""
        rng = self._rng("reasons", month)
        return {
            anomaly.key: rng.choice(_sentences("reason", "money" if "（元）" in anomaly.sentence else "activity", ""))
            for anomaly in anomalies
        }

    def _problems(self, month: int, late: list[TaskLine]) -> str:
        said = [f"“{task.item.name}”晚于计划，主要是{_reasons()[task.item.task_name]}。" for task in late[:2]]
        rng = self._rng("problems", month)
        pool = self._pool("problems", "build" if month else "launch")
        if not said and rng.random() < 0.15:
            return "各项工作按日程推进，暂无突出问题。"
        said.append(pool[max(month - 1, 0)])
        if rng.random() < 0.4 and month + 4 < len(pool):
            said.append(pool[month + 4])
        return _numbered(said)

    def _needs(self, month: int) -> str:
        pool = self._pool("needs", "build" if month else "launch")
        return "" if self._rng("needs", month).random() < 0.3 else pool[max(month - 1, 0)]

    def _next_plan(self, month: int, next_calendar_month: int) -> str:
        if month == CURRENT_MONTH:
            return _numbered(self._pool("next_plan", "accept")[:3])
        pool = self._pool("next_plan", "build")
        said = [pool[(2 * month + step) % len(pool)] for step in range(2)]
        if self.creation_type != BASE_TYPE and self._rng("season", month).random() < 0.5:
            said.append(_seasons()[next_calendar_month])
        return _numbered(said)

    def _pool(self, kind: str, stage: str) -> list[str]:
        sentences = [text.format(**self.places) for text in _sentences(kind, stage, self.creation_type)]
        return Random(f"{kind} {stage} {self.number}").sample(sentences, len(sentences))

    def _rng(self, kind: str, month: int) -> Random:
        return Random(f"{kind} {self.number} {month}")


def _federation(county: str) -> str:
    """How a village speaks of its county's federation; 巢湖市 is a county-level city, and 市妇联 would be Hefei's."""
    return f"{county}妇联" if county.endswith("市") else f"{county[-1]}妇联"


def _town(township: str) -> str:
    return "街道" if township.endswith("街道") else township[-1]


def _numbered(sentences: list[str]) -> str:
    if len(sentences) == 1:
        return sentences[0]
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))
