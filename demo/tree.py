"""The real division list of Hefei (30 June 2023), and the one base that it doesn't know."""

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from demo.files import read_rows
from organizations.models import AuditEvent, Level, Organization, OrganizationKind
from organizations.pinyin import initials

CITY_CODE = "340100000000"
LEVELS = {level.name.lower(): level for level in Level}
# A 社区村民委员会 is a village by law and a community by name; this one takes part as a 示范村.
KINDS_BY_HAND = {"340122104008": "村"}
BASE_CODE = "340102006003-1"
BASE_VILLAGE = "340102006003"


def load_divisions() -> Organization:
    """The tree from 安徽省 down to the villages; returns 合肥市."""
    rows = read_rows("divisions_hefei")
    for level in sorted(Level):
        _load_level([row for row in rows if LEVELS[row["level"]] == level], level)
    city = Organization.objects.get(level=Level.CITY, code=CITY_CODE)
    AuditEvent.objects.record("导入区划", city, by=None, organization=city, rows=len(rows))
    return city


def _load_level(rows: list[dict], level: Level) -> None:
    above = dict(Organization.objects.filter(level=level - 1).values_list("code", "pk"))
    kinds = {kind.name: kind for kind in OrganizationKind.objects.filter(level=level)}
    Organization.objects.bulk_create(
        Organization(
            level=level,
            code=row["code"],
            name=row["name"],
            initials=initials(row["name"]),
            parent_id=above.get(row["parent_code"]),
            kind=kinds.get(KINDS_BY_HAND.get(row["code"])) or _kind(row["name"], kinds),
        )
        for row in rows
    )
    parent = Organization.objects.filter(pk=OuterRef("parent_id")).values("path")
    start = Subquery(parent) if above else Value("/")
    Organization.objects.filter(level=level).update(path=Concat(start, Cast(F("pk"), CharField()), Value("/")))


def _kind(name: str, kinds: dict[str, OrganizationKind]) -> OrganizationKind | None:
    """By the longest ending that the kinds list."""
    endings = {ending: kind for kind in kinds.values() for ending in kind.suffixes.split()}
    matching = [ending for ending in endings if name.endswith(ending)]
    return endings[max(matching, key=len)] if matching else None


def load_base(name: str, *, by) -> Organization:
    """A base has a code of its own and hangs under the community that it stands in."""
    village = Organization.objects.get(level=Level.VILLAGE, code=BASE_VILLAGE)
    base = Organization.objects.create(
        parent=village,
        level=Level.UNIT,
        kind=OrganizationKind.objects.get(level=Level.UNIT, name="基地"),
        code=BASE_CODE,
        name=name,
        initials=initials(name),
    )
    base.path = f"{village.path}{base.pk}/"
    base.save(update_fields=["path"])
    AuditEvent.objects.record("新增组织", base, by=by, organization=base)
    return base
