"""考核评分细则 of the three creation types: 31 criteria, published before the sites begin to score themselves."""

from decimal import Decimal
from itertools import groupby

from assessments.actions import create_rubric, import_rubric, publish_rubric
from assessments.methods import Method
from assessments.models import Criterion, Rubric
from demo.files import read_rows
from demo.programme import BASE_TYPE
from projects.models import CreationType, Programme

POINTS = {"示范村": "village", "示范社区": "community", BASE_TYPE: "base"}
DEPARTMENTS = {"示范村": "发展部", "示范社区": "家庭和儿童工作部", BASE_TYPE: "发展部"}
METHODS = {method.label: method for method in Method}


def load_rubrics(programme: Programme, *, by) -> list[Rubric]:
    return [_load(kind, by=by) for kind in programme.creation_types.all()]


def _load(kind: CreationType, *, by) -> Rubric:
    rows = [row for row in read_rows("rubrics") if row[POINTS[kind.name]] != "0"]
    sections = [
        (name, [_criterion(row, kind) for row in of_section])
        for name, of_section in groupby(rows, key=lambda row: row["section"])
    ]
    rubric = create_rubric(kind, DEPARTMENTS[kind.name], by=by)
    rubric = import_rubric(rubric, sections, by=by)
    rubric.sections.filter(name__in=["资金管理", "阵地建设"]).update(minimum_percent=60)
    return publish_rubric(rubric, by=by)


def _criterion(row: dict[str, str], kind: CreationType) -> Criterion:
    standard = row["standard_of_base"] if kind.name == BASE_TYPE and row["standard_of_base"] else row["standard"]
    return Criterion(
        code=row["code"],
        content=row["content"],
        points=Decimal(row[POINTS[kind.name]]),
        method=METHODS[row["method"]],
        standard=standard.replace("/", "\n"),
        ways=row["ways"],
        evidence=row["evidence"],
        source=row["source"],
    )
