"""The tree of organisations: province, city, county, township, village, and units of their own (bases, workshops)."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from organizations.pinyin import initials


class Level(models.IntegerChoices):
    PROVINCE = 1, "省级"
    CITY = 2, "市级"
    COUNTY = 3, "县（市、区）"
    TOWNSHIP = 4, "乡镇（街道）"
    VILLAGE = 5, "村（社区）"
    UNIT = 6, "基地等单位"


# Where an organisation may hang. A base or workshop has no place of its own in the national list.
PARENT_LEVELS = {
    Level.PROVINCE: set(),
    Level.CITY: {Level.PROVINCE},
    Level.COUNTY: {Level.CITY},
    Level.TOWNSHIP: {Level.COUNTY},
    Level.VILLAGE: {Level.TOWNSHIP},
    Level.UNIT: {Level.CITY, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE},
}
DIVISION_CODE = re.compile(r"[0-9]{12}")
UNIT_CODE = re.compile(r"[A-Za-z0-9-]{1,20}")


class OrganizationKindQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrganizationKindQuerySet":
        """Words, not places: the same for everybody."""
        return self.none() if user.scope_path is None else self


class OrganizationKind(models.Model):
    """What an organisation is called by: 村, 社区, 街道, 镇, 乡, 开发区, 基地, 车间 ... Data, not code.

    `suffixes` lists name endings, separated by spaces, from which an import may take the kind; the longest ending
    wins. Where a name cannot tell (社区村民委员会 is a village by law and a community by name), no ending is listed
    and the kind stays open until somebody says it.
    """

    name = models.CharField("名称", max_length=20)
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    suffixes = models.CharField("名称结尾", max_length=200, blank=True, help_text="以空格分开，导入区划时据此认定类型")

    objects = OrganizationKindQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织类型"
        ordering = ["level", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "name"], name="kind_unique_name", violation_error_message="同一层级已有同名的类型。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrganizationQuerySet":
        """The subtree of the user's organisation, its root included. The one place where scope is decided."""
        return self.within(user.scope_path)

    def within(self, path: str | None) -> "OrganizationQuerySet":
        """What lies at or below `path`; "" is the whole tree, without a question to every row, None nothing."""
        if path is None:
            return self.none()
        return self.filter(path__startswith=path) if path else self

    def open_on(self, day) -> "OrganizationQuerySet":
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def search(self, text: str) -> "OrganizationQuerySet":
        """By part of the name (former names too), beginning of the code, or beginning of the pinyin initials."""
        text = unicodedata.normalize("NFKC", text).strip()
        if not text or "\x00" in text:
            return self.none()
        # With the level named, the code is found by the index on (level, code).
        by_code = Q(level__in=Level.values, code__startswith=text)
        if text.isascii():
            return self.filter(by_code if text[0].isdigit() else Q(initials__startswith=text.lower()) | by_code)
        former = FormerName.objects.filter(name__contains=text).values("organization")
        return self.filter(Q(name__contains=text) | Q(pk__in=former))

    def with_place(self) -> "OrganizationQuerySet":
        """With what `place` needs, in the same query."""
        return self.select_related("parent__parent__parent")


class Organization(models.Model):
    """A node of the tree.

    `code` is the 12-digit statistical division code, or a code of its own for bases, workshops and other units. It is
    unique per level only: 东莞, 中山 and 儋州 carry the city's code again at county level, 金门 at three levels.
    `path` is the chain of ids from the root, "/1/23/456/", in byte order, so that a subtree is one prefix.
    Nothing is deleted: what no longer exists has `valid_to`, what took its place is its `successor`.
    """

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=120, db_collation="C", editable=False)
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    kind = models.ForeignKey(
        OrganizationKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="类型"
    )
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=60)
    initials = models.CharField("拼音首字母", max_length=60, db_collation="C", editable=False)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="并入"
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织"
        ordering = ["level", "code"]
        indexes = [
            models.Index(fields=["path"], name="organization_path"),
            models.Index(fields=["initials"], name="organization_initials"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code"],
                name="organization_unique_code",
                violation_error_message="同一层级已有这个代码。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="organization_valid_period",
                violation_error_message="撤销日期不能早于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organizations:organization_detail", args=[self.pk])

    def clean(self) -> None:
        """Place and code are checked once: afterwards the code stays, and moving checks the place."""
        is_only_space = self.name != "" and not self.name.strip()
        self.name = " ".join(self.name.split())
        self.initials = initials(self.name)
        errors: dict = {"name": [ValidationError("请填写名称。")]} if is_only_space else {}
        for check in (
            [self._clean_kind, self._clean_place, self._clean_code] if self._state.adding else [self._clean_kind]
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _clean_kind(self) -> None:
        if self.kind and self.kind.level != self.level:
            raise ValidationError({"kind": f"“{self.kind}”不是{self.get_level_display()}的类型。"})

    def _clean_place(self) -> None:
        if self.parent is None and self.level not in {None, Level.PROVINCE}:
            raise ValidationError({"parent": "请选择上级。"})
        if self.parent:
            self.check_parent(self.parent)

    def check_parent(self, parent: "Organization") -> None:
        """Raises ValidationError when an organisation of this level can't hang under `parent`."""
        if parent.level not in PARENT_LEVELS.get(self.level, set()):
            raise ValidationError({"parent": f"{self.get_level_display()}不能挂在{parent.get_level_display()}之下。"})

    def _clean_code(self) -> None:
        if self.level == Level.UNIT and not UNIT_CODE.fullmatch(self.code):
            raise ValidationError({"code": "单位代码由字母、数字和“-”组成，最多 20 位。"})
        if self.level != Level.UNIT and not DIVISION_CODE.fullmatch(self.code):
            raise ValidationError({"code": "区划代码应为 12 位数字。"})

    @property
    def place(self) -> str:
        """Up to three organisations above it, “合肥市 / 肥西县 / 山南镇”: village names repeat inside one county."""
        names, node = [], self.parent
        while node is not None and len(names) < 3:
            names.append(node.name)
            node = node.parent if len(names) < 3 else None
        return " / ".join(reversed(names))

    @property
    def label(self) -> str:
        """Name and place, as pickers show it: “小井庄村（合肥市 / 肥西县 / 山南镇）”."""
        return f"{self.name}（{self.place}）" if self.parent_id else self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the organisation itself."""
        return [int(part) for part in self.path.split("/") if part]

    @property
    def is_closed(self) -> bool:
        """A closing date, even one to come, is a decision: nothing new is hung there."""
        return self.valid_to is not None

    def contains(self, path: str) -> bool:
        """Whether a node with this path lies in the organisation's subtree (itself included)."""
        return path.startswith(self.path)


class FormerName(models.Model):
    """A name that an organisation had before; history is read under the old name, search finds it by either."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="former_names", verbose_name="组织"
    )
    name = models.CharField("原名称", max_length=60)
    used_until = models.DateField("用至")

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ["-used_until"]

    def __str__(self) -> str:
        return self.name
