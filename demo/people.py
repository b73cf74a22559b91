"""The demo's accounts, all with one password that stands in the terminal. Names are made up and look it (李示例)."""

import unicodedata
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password

from demo.files import read_rows
from organizations.models import AuditEvent, Organization, Role, User

PASSWORD = "yanshi-mima-19"
# The account shown for each role, in the order in which a visitor would try them.
HEADLINERS = ["cadre", "county", "city", "leader", "auditor", "sysadmin"]


@dataclass
class Cast:
    """Who holds which post."""

    users: list[User]

    def city_staff(self) -> list[User]:
        return [user for user in self.users if user.role == Role.CITY_STAFF]

    def at(self, organization: Organization, role: Role) -> User:
        """The holder of `role` at an organisation above `organization`."""
        return next(
            user for user in self.users if user.role == role and organization.path.startswith(user.organization.path)
        )


def load_people() -> Cast:
    rows = read_rows("people")
    codes = [row["organization_code"] for row in rows]
    by_code = {node.code: node for node in Organization.objects.filter(code__in=codes)}
    # Argon2 takes its time on purpose; 33 accounts with the same password can do with one hash.
    encoded = make_password(PASSWORD)
    users = [_create(row, by_code.get(row["organization_code"]), encoded) for row in rows]
    return Cast(users)


def _create(row: dict[str, str], organization: Organization | None, encoded: str) -> User:
    user = User(
        username=row["username"],
        full_name=row["full_name"],
        role=row["role"],
        organization=organization,
        phone=row["phone"],
        password=encoded,
        must_change_password=False,
    )
    user.full_clean()
    user.save(force_insert=True)
    AuditEvent.objects.record(
        "新增账号", user, by=None, organization=organization, username=user.username, role=user.get_role_display()
    )
    return user


def accounts_table() -> str:
    """One account per role as an aligned table, or a sentence when this isn't the demo's database."""
    users = User.objects.select_related("organization").in_bulk(HEADLINERS, field_name="username")
    if not users:
        return "数据库里没有演示账号。"
    rows = [("角色", "账号", "口令", "所在组织")]
    rows += [_account_row(users[name]) for name in HEADLINERS if name in users]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(_pad, row, widths)).rstrip() for row in rows)


def _account_row(user: User) -> tuple[str, str, str, str]:
    password = PASSWORD if check_password(PASSWORD, user.password) else "（已改）"
    place = user.organization.name if user.organization else "全部组织"
    return user.get_role_display(), user.username, password, place


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
