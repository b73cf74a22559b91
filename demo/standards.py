"""What a site of each creation type must come to; published before the sites are approved."""

from itertools import groupby

from demo.files import read_rows
from projects.actions import publish_standard
from projects.models import CreationStandard, Programme

GOALS = (
    "1. 建成一批组织健全、阵地规范、活动经常、妇女满意的示范村、示范社区和皖嫂示范基地，带动面上工作。\n"
    "2. 每个项目点至少开展 4 场培训、4 次集中活动，妇女知晓率不低于 80%。\n"
    "3. 资金专款专用，配套足额到位；资料真实完整，经得起检查。"
)


def load_standards(programme: Programme, *, by) -> None:
    for name, rows in groupby(read_rows("standards"), key=lambda row: row["creation_type"]):
        text = "\n".join(row["text"] for row in rows)
        kind = programme.creation_types.get(name=name)
        publish_standard(CreationStandard.objects.create(creation_type=kind, text=text), by=by)
