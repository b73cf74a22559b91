"""Office machines run old browsers: what came after Chromium 90 isn't used (a syntax error there would take the whole
page's script with it, a missing method whatever comes after it)."""

import re

import pytest
from django.conf import settings

# By kind of file: what Chromium 90 doesn't know.
NEWER = {
    "js": [
        r"\.at\(",
        r"\.findLast",
        r"\.(toSorted|toReversed|toSpliced|with)\(",
        r"Object\.(hasOwn|groupBy)",
        r"structuredClone",
        r"randomUUID",
        r"AbortSignal\.(timeout|any)",
        r"\bstatic \{",
        r"#\w+ in ",
        r"showPicker",
        r"showPopover",
    ],
    "css": [
        r":has\(",
        r"@(container|layer|scope|property|starting-style)\b",
        r"\d(dvh|svh|lvh|dvw|svw|cqw|cqh)\b",
        r"color-mix\(",
        r"\bsubgrid\b",
        r"text-wrap:",
        r"^\s*&",
        r"\{[^}]*\{[^}]*&",
    ],
}
OURS = [path for kind in NEWER for path in sorted((settings.BASE_DIR / "static" / kind).glob(f"*.{kind}"))]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_that_chromium_90_does_not_know(path):
    text = path.read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = [match[0] for pattern in NEWER[path.suffix[1:]] for match in re.finditer(pattern, text, re.MULTILINE)]
    assert found == []


def test_each_section_of_the_styles_stands_by_itself():
    """A brace left open would put all that follows into a print rule."""
    depth = 0
    for line in (settings.BASE_DIR / "static" / "css" / "site.css").read_text("utf-8").splitlines():
        assert not (line.startswith("/*") and depth), line
        depth += line.count("{") - line.count("}")
    assert depth == 0
