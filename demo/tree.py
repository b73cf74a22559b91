"""The real division list of Hefei (30 June 2023), and the one base that it doesn't know."""

from datetime import date

from demo.files import FOLDER
from organizations.actions import add_organization, classify_organization
from organizations.division_import import import_divisions
from organizations.models import Level, Organization, OrganizationKind

CITY_CODE = "340100000000"
LIST_OF = date(2023, 6, 30)
# A 社区村民委员会 is a village by law and a community by name; this one takes part as a 示范村.
KINDS_BY_HAND = {"340122104008": "村"}
BASE_VILLAGE = "340102006003"


def load_divisions() -> Organization:
    """The tree from 安徽省 down to the villages; returns 合肥市."""
    import_divisions(FOLDER / "divisions_hefei.csv", valid_on=LIST_OF)
    return Organization.objects.get(level=Level.CITY, code=CITY_CODE)


def say_kinds(*, by) -> None:
    """The kinds of villages that take part and whose names can't tell."""
    for code, name in KINDS_BY_HAND.items():
        village = Organization.objects.get(level=Level.VILLAGE, code=code)
        kind = OrganizationKind.objects.get(level=Level.VILLAGE, name=name)
        classify_organization(village, by=by, kind=kind, valid_from=village.valid_from)


def load_base(name: str, *, by) -> Organization:
    """A base has a code of its own and hangs under the community that it stands in."""
    village = Organization.objects.get(level=Level.VILLAGE, code=BASE_VILLAGE)
    kind = OrganizationKind.objects.get(level=Level.UNIT, name="基地")
    return add_organization(by=by, parent=village, level=Level.UNIT, name=name, kind=kind)
