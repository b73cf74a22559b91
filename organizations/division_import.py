"""A list of administrative divisions into the tree, by sets: COPY into a staging table, check, merge.

The parent of a row is the row with its `parent_code` on the level directly above, never the code alone: 东莞, 中山 and
儋州 carry the city's code again at county level, 金门 at three levels. Nothing is deleted: what a later list no longer
has gets a closing date, what it has again is reopened, old names are kept.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from fedwork.uploads import decode
from organizations import division_sql as sql
from organizations.actions import lock_tree
from organizations.models import AuditEvent, Level, Organization, OrganizationKind
from organizations.pinyin import initials

HEADING = ["code", "name", "level", "parent_code"]
LEVELS = {level.name.lower(): level for level in Level if level != Level.UNIT}
BATCH = 20_000  # rows between two steps of the progress bar
MANY = 10_000  # new rows after which the planner needs fresh statistics
SHOWN = 20  # names that the summary and the log spell out


class ImportRefusedError(Exception):
    """The whole list can't be taken; the message says in Chinese why and what to do."""


@dataclass
class Reject:
    line: int
    reason: str
    cells: list[str]


@dataclass
class Outcome:
    """What an import did, by number of organisations."""

    added: int = 0
    renamed: int = 0
    moved: int = 0
    reopened: int = 0
    closed: int = 0
    unchanged: int = 0
    closed_names: list[str] = field(default_factory=list)
    units_below_closed: int = 0
    scope: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        numbers = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return numbers | {"rejected": len(self.rejects)}


Progress = Callable[[int, str], None]


def silent(rows: int, step: str) -> None:
    """No progress bar."""


@transaction.atomic
def import_divisions(file: Path, *, root: str = "", valid_on: date, progress: Progress = silent) -> Outcome:
    """Merge the list in `file` (csv or csv.gz) into the tree and record one AuditEvent.

    `root` takes that subtree and its ancestors only; missing divisions are closed as of `valid_on` in its scope.
    `progress(rows, step)` is called as rows pass. Raises ImportRefusedError; single bad rows go into `Outcome.rejects`.
    """
    lock_tree()
    outcome = Outcome()
    with connection.cursor() as cursor:
        cursor.execute(sql.TABLES)
        _stage(cursor, _rows(file), outcome, progress)
        _check(cursor, outcome, progress)
        if root:
            _keep_subtree(cursor, root)
        cursor.execute(sql.KNOWN)
        cursor.execute("ANALYZE division_known")
        paths = _scope(cursor, root)
        _merge(cursor, outcome, paths, valid_on, progress)
    _record(outcome, file, paths)
    return outcome


# Reading and staging


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) below the heading."""
    try:
        data = file.read_bytes()
        text = decode(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefusedError(f"读不了文件 {file}：{error}") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    heading = [cell.strip().lower() for cell in next(reader, [])]
    if heading != HEADING:
        raise ImportRefusedError(f"文件第一行应是表头 {','.join(HEADING)}。")
    for row in reader:
        if row:
            yield reader.line_num, row


def _stage(cursor, rows: Iterator, outcome: Outcome, progress: Progress) -> None:
    """COPY what has four cells; kind and initials are worked out on the way."""
    kind_of = KindFinder()
    with cursor.copy(sql.COPY) as copy:
        for number, (line, cells) in enumerate(rows, 1):
            if len(cells) != len(HEADING):
                outcome.rejects.append(Reject(line, f"应有 {len(HEADING)} 列，这一行有 {len(cells)} 列", cells))
                continue
            code, name, level_name, parent_code = (cell.replace("\x00", "").strip() for cell in cells)
            level = LEVELS.get(level_name.lower())
            kind = kind_of(name, level)
            copy.write_row((line, code, name, level_name, level, parent_code, initials(name)[:60], kind))
            if number % BATCH == 0:
                progress(BATCH, "读入")


class KindFinder:
    """The kind that a name's ending tells, by the suffixes of OrganizationKind: the longest ending wins."""

    def __init__(self):
        self.endings: dict[int, dict[str, int]] = {}
        for kind in OrganizationKind.objects.all():
            self.endings.setdefault(kind.level, {}).update(dict.fromkeys(kind.suffixes.split(), kind.pk))
        self.lengths = {
            level: sorted({len(ending) for ending in endings}, reverse=True) for level, endings in self.endings.items()
        }

    def __call__(self, name: str, level: int | None) -> int | None:
        endings = self.endings.get(level, {})
        for length in self.lengths.get(level, []):
            kind = endings.get(name[-length:])
            if kind:
                return kind
        return None


# Checking


def _check(cursor, outcome: Outcome, progress: Progress) -> None:
    """Take the bad rows out of `division`; they come back with line number and reason."""
    progress(0, "检查")
    _reject(cursor, outcome, sql.BAD_ROWS)
    _reject(cursor, outcome, sql.DUPLICATES)
    cursor.execute(sql.INDEX)
    for level in sorted(LEVELS.values())[1:]:  # downwards: a rejected parent takes its children along
        _reject(cursor, outcome, sql.ORPHANS, {"level": level})
    outcome.rejects.sort(key=lambda reject: reject.line)


def _reject(cursor, outcome: Outcome, query: str, parameters: dict | None = None) -> None:
    cursor.execute(query, parameters)
    outcome.rejects += [Reject(line, reason, cells) for line, reason, *cells in cursor.fetchall()]


def _keep_subtree(cursor, root: str) -> None:
    cursor.execute(sql.ROOT, {"root": root})
    if cursor.rowcount == 0:
        raise ImportRefusedError(f"名单里没有代码为 {root} 的区划，请核对 --root。")
    for level in sorted(LEVELS.values()):
        cursor.execute(sql.KEEP_CHILDREN, {"level": level})
    for level in sorted(LEVELS.values(), reverse=True):
        cursor.execute(sql.KEEP_PARENTS, {"level": level})
    cursor.execute(sql.DROP_OTHERS)
    cursor.execute("ANALYZE division")


# Merging


def _scope(cursor, root: str) -> list[str]:
    """Paths, as they were before, of the organisations inside which a missing division is closed.

    With `root` it is that one. Without, it is what stands at the top of the list. A list of one city names its
    province, too: if taking it for the whole province closed more than the list keeps, the scope narrows down to the
    only child, and if that doesn't help, the list is refused rather than guessed at.
    """
    cursor.execute(sql.ROOT_PATH if root else sql.TOP_PATHS, {"root": root})
    paths = [path for (path,) in cursor.fetchall()]
    kept = _count(cursor, sql.COUNT_KNOWN)
    while _find_missing(cursor, paths) > kept and not root:
        narrower = _only_children(cursor, paths)
        if narrower == paths:
            raise ImportRefusedError(
                "名单只覆盖了现有区划的一部分，照此会撤销太多组织。请用 --root 代码 指明名单的范围。"
            )
        paths = narrower
    return paths


def _find_missing(cursor, paths: list[str]) -> int:
    cursor.execute("TRUNCATE division_missing")
    cursor.execute(sql.MISSING, {"paths": paths, "ends": [_end(path) for path in paths]})
    return cursor.rowcount


def _end(path: str) -> str:
    """Upper bound of the subtree's paths in byte order: "0" follows "/"."""
    return f"{path[:-1]}0"


def _only_children(cursor, paths: list[str]) -> list[str]:
    cursor.execute(sql.ONLY_CHILDREN, {"paths": paths})
    children = dict(cursor.fetchall())
    return [children.get(path, path) for path in paths]


def _merge(cursor, outcome: Outcome, paths: list[str], valid_on: date, progress: Progress) -> None:
    progress(0, "合并")
    # On the first load nobody knows since when a division exists; later, a new one begins with its list.
    first_day = valid_on if _count(cursor, sql.COUNT_KNOWN) > len(paths) else None
    _follow_kinds(cursor)
    cursor.execute(sql.FORMER_NAMES, {"valid_on": valid_on})
    _close(cursor, outcome, valid_on)
    for level in sorted(LEVELS.values()):
        cursor.execute(sql.UPDATE, {"level": level})
        cursor.execute(sql.INSERT, {"level": level, "valid_from": first_day})
        outcome.added += cursor.rowcount
        progress(cursor.rowcount, "写入")
    cursor.execute(sql.COUNTS)
    outcome.renamed, outcome.moved, outcome.reopened, outcome.unchanged = cursor.fetchone()
    cursor.execute(sql.MOVE_OTHERS)
    if outcome.added > MANY:
        cursor.execute(f"ANALYZE {sql.TREE}")


def _count(cursor, query: str) -> int:
    cursor.execute(query)
    return cursor.fetchone()[0]


def _follow_kinds(cursor) -> None:
    """A renamed division takes the new name's kind, unless somebody had set a kind that the old name does not tell."""
    kind_of = KindFinder()
    cursor.execute(sql.RENAMED)
    set_by_hand = [pk for pk, level, name, kind in cursor.fetchall() if kind != kind_of(name, level)]
    cursor.execute(sql.KEEP_KINDS, {"ids": set_by_hand})


def _close(cursor, outcome: Outcome, valid_on: date) -> None:
    cursor.execute(sql.CLOSE, {"valid_on": valid_on})
    closed = cursor.fetchall()
    outcome.closed = len(closed)
    outcome.closed_names = [f"{name}（{code}）" for code, name in closed[:SHOWN]]
    outcome.units_below_closed = _count(cursor, sql.COUNT_UNITS_BELOW_CLOSED)


def _record(outcome: Outcome, file: Path, paths: list[str]) -> None:
    tops = list(Organization.objects.filter(path__in=paths)) or list(Organization.objects.filter(level=Level.PROVINCE))
    outcome.scope = [node.name for node in tops]
    if tops:
        AuditEvent.objects.record(
            "导入区划",
            tops[0],
            by=None,
            organization=tops[0] if len(tops) == 1 else None,
            note=f"{file.name}，范围：{'、'.join(outcome.scope[:SHOWN])}",
            closed_names=outcome.closed_names,
            **outcome.counts(),
        )
