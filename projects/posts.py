"""The posts (岗位: a role at an organisation) that answer for a site. Duties belong to them, not to persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from organizations.models import Level, Organization, Role, User
from projects.models import Addressee, MonthlyReport
from projects.states import ReviewDesk

FILLING_IN_LEVELS = {Level.TOWNSHIP, Level.VILLAGE, Level.UNIT}


@dataclass(frozen=True)
class Post:
    organization: Organization
    role: str

    def __str__(self) -> str:
        return f"{self.organization}{Role(self.role).label}"


@dataclass
class Holder:
    """A post with the people who hold it now; `post` is None where the tree has no such organisation."""

    post: Post | None
    people: list[User] = field(default_factory=list)

    @property
    def people_words(self) -> str:
        """“李示例 0551-55500001、王示例”, or why there is nobody."""
        if self.post is None:
            return "没有对应的岗位"
        return "、".join(f"{person} {person.phone}".strip() for person in self.people) or "该岗位没有在用账号"


class Posts:
    """The posts above many organisations; two queries, whatever their number, and a third for `holders`."""

    def __init__(self, organizations: Iterable[Organization]):
        ids = {pk for organization in organizations for pk in organization.ancestor_ids}
        self._above = Organization.objects.in_bulk(ids)
        cadres = User.objects.filter(role=Role.CADRE, is_active=True, organization__in=ids)
        self._with_cadre = set(cadres.values_list("organization", flat=True))

    def addressee(self, whom: Addressee, organization: Organization) -> Post | None:
        """Who is spoken to about a site of `organization`."""
        levels = {
            Addressee.TOWNSHIP: (Level.TOWNSHIP, Role.CADRE),
            Addressee.COUNTY: (Level.COUNTY, Role.COUNTY_REVIEWER),
            Addressee.CITY: (Level.CITY, Role.CITY_STAFF),
        }
        return self._filling_in(organization) if whom not in levels else self._at(organization, *levels[whom])

    def answering(self, organization: Organization) -> list[Post]:
        """Who can be charged with a 整改事项 of a site of `organization`, the usual one first."""
        posts = [
            self.addressee(whom, organization) for whom in [Addressee.FILLING_IN, Addressee.TOWNSHIP, Addressee.COUNTY]
        ]
        return list(dict.fromkeys(post for post in posts if post))

    def holding(self, report: MonthlyReport) -> Post | None:
        """The post on which the report lies: who reviews it, or else who fills it in."""
        whom = {ReviewDesk.COUNTY: Addressee.COUNTY, ReviewDesk.CITY: Addressee.CITY}
        return self.addressee(whom.get(report.desk, Addressee.FILLING_IN), report.site.organization)

    def _filling_in(self, organization: Organization) -> Post | None:
        """The nearest with a cadre, upwards from the site; where nobody has one, the township."""
        nodes = [node for node in reversed(self._line(organization)) if node.level in FILLING_IN_LEVELS]
        node = next((node for node in nodes if node.pk in self._with_cadre), nodes[-1] if nodes else None)
        return node and Post(node, Role.CADRE)

    def _at(self, organization: Organization, level: Level, role: Role) -> Post | None:
        node = next((node for node in self._line(organization) if node.level == level), None)
        return node and Post(node, role)

    def _line(self, organization: Organization) -> list[Organization]:
        """From the root down to the organisation itself."""
        return [self._above[pk] for pk in organization.ancestor_ids]


def posts_of(reports: Iterable[MonthlyReport]) -> Posts:
    """Needs `site__organization`."""
    return Posts(report.site.organization for report in reports)


def holders(reports: list[MonthlyReport]) -> dict[int, Holder]:
    """Who holds each report now, by its id; three queries."""
    posts = posts_of(reports)
    holding = {report.pk: posts.holding(report) for report in reports}
    people = people_at({post for post in holding.values() if post})
    return {pk: Holder(post, people.get(post, [])) for pk, post in holding.items()}


def people_at(posts: set[Post]) -> dict[Post, list[User]]:
    """Who holds each of the posts now; one query."""
    people: dict[Post, list[User]] = {}
    for user in _people_of(posts):
        people.setdefault(Post(user.organization, user.role), []).append(user)
    return people


def _people_of(posts: set[Post]) -> Iterable[User]:
    places: dict[str, list[int]] = {}
    for post in posts:
        places.setdefault(post.role, []).append(post.organization.pk)
    found = Q(pk__in=[])
    for role, ids in places.items():
        found |= Q(role=role, organization__in=ids)
    return User.objects.filter(found, is_active=True).select_related("organization").order_by("full_name", "pk")
