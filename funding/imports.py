"""Commitments as an Excel list: a template filled with the programme's sites, and the reading of what comes back.

What is read fills the grid; it is written when the grid is saved, so the grid is the preview.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from fedwork.excel import write_template
from fedwork.numbers import plain_number
from fedwork.uploads import read_csv, read_workbook
from funding.commitments import cell_name, opened_with
from funding.pledges import pledges
from funding.states import MatchingSource
from projects.models import ProjectSite

CODE, NAME = "项目点代码", "项目点"
HEADINGS = [CODE, NAME, *MatchingSource.labels]
NOTES = [
    "一行一个项目点，项目点代码和项目点两列请勿改动；不涉及的行可以删去。",
    "金额单位为元，可以写 20000、20,000、2万 或 1.5万元；没有承诺的空着。",
    "上传后先在页面上核对，确认保存后才写入系统。",
]


def commitment_template(sites: list[ProjectSite]) -> bytes:
    stored = pledges(sites)
    rows = [
        [site.organization.code, site.name, *[stored[site.pk].get(source) for source in MatchingSource]]
        for site in sites
    ]
    return write_template(HEADINGS, rows=rows, numbers=MatchingSource.labels, note_rows=NOTES, title="配套承诺")


def read_commitments(file, sites: list[ProjectSite]) -> dict[str, str]:
    """The uploaded list as the data of a CommitmentGrid. A column or line that can't be placed raises ValidationError
    with all of them; an amount that makes no sense is left to the grid, which marks its cell."""
    read = read_csv if file.name.lower().endswith(".csv") else read_workbook
    headings, *lines = read(file, max_rows=2000) or [[]]
    columns = _columns(headings)
    by_code = {site.organization.code: site for site in sites}
    opened = opened_with(sites)
    data = opened | {name.removeprefix("initial-"): value for name, value in opened.items()}
    errors, taken = [], set()
    for number, line in enumerate(lines, 2):
        code = text_of(line[columns[CODE]])
        problem = _problem(code, line, by_code, taken)
        if problem:
            errors.append(f"第 {number} 行：{problem}")
        elif code:
            taken.add(code)
            for source in MatchingSource:
                data[cell_name(by_code[code], source)] = text_of(line[columns[source.label]])
    if errors or not taken:
        raise ValidationError(errors or ["文件里没有数据行。第一行应是表头，从第二行起一行一个项目点。"])
    return data


def _columns(headings: list) -> dict[str, int]:
    found = {text_of(heading): place for place, heading in reversed(list(enumerate(headings)))}
    missing = [heading for heading in HEADINGS if heading != NAME and heading not in found]
    if missing:
        raise ValidationError(f"表头缺少这些列：{'、'.join(missing)}。请用本页的模板。")
    return found


def _problem(code: str, line: list, by_code: dict, taken: set) -> str:
    if not code:
        return "缺少项目点代码。" if any(map(text_of, line)) else ""
    if code in taken:
        return f"项目点代码 {code} 重复。"
    return "" if code in by_code else f"项目点代码 {code} 不是这个批次的项目点。"


def text_of(value) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain_number(Decimal(str(value)))
    return str(value or "").strip()
