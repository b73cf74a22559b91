"""Our own style sheets, read as text: a browser drops what it cannot read without a word."""

import re
from pathlib import Path

import pytest

STYLES = sorted((Path(__file__).parent.parent / "static" / "css").glob("*.css"))


def depths(css: str):
    """(line number, how many blocks are open where the line begins); what stands in comments or quotes counts nothing."""
    depth = 0
    bare = re.sub(r'"[^"\n]*"|/\*.*?\*/', lambda hit: "\n" * hit[0].count("\n"), css, flags=re.DOTALL)
    for number, line in enumerate(bare.splitlines(), start=1):
        yield number, depth
        depth += line.count("{") - line.count("}")
    yield number + 1, depth


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_section_begins_outside_of_all_blocks(path):
    """A brace lost in a merge would hide all that follows it, for example inside of an `@media print`."""
    lines = path.read_text("utf-8").splitlines()
    starts = {number for number, line in enumerate(lines, start=1) if line.startswith("/* ")} | {len(lines) + 1}

    inside = [f"{path.name}:{number}" for number, depth in depths("\n".join(lines)) if number in starts and depth]

    assert inside == []
