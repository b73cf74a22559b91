"""签到表, portrait: the invited posts, and some empty lines for whoever else comes."""

from collections.abc import Sequence

from fedwork.excel import Block, Box, Kind, Paper, head

COLUMNS = [("序号", 6), ("单位", 26), ("岗位", 16), ("姓名", 12), ("签名", 16), ("联系电话", 16), ("备注", 10)]
EMPTY_LINES = 6


def sign_in_paper(occasion: str, posts: Sequence[tuple[str, str]], *, day: str, place: str) -> Paper:
    """`posts` are (organisation or site, post); names are written by hand."""
    lines = [*posts, *[("", "")] * EMPTY_LINES]
    rows = [
        [Box(str(number), Kind.CENTRE), Box(where), Box(post), *[Box("", lines=2)] * 4]
        for number, (where, post) in enumerate(lines, 1)
    ]
    return Paper(
        tab="签到表",
        title=f"{occasion}签到表",
        widths=[width for _, width in COLUMNS],
        above=[[f"时间：{day}", f"地点：{place}"]],
        blocks=[Block([[head(word) for word, _ in COLUMNS], *rows])],
        signature=[["应到　　　人", "实到　　　人", "记录人（签字）："]],
        repeats=True,
    )
