from organizations.actions import (
    add_organization,
    classify_organization,
    move_organization,
    rename_organization,
)
from organizations.importexport import (
    ChoiceWidget,
    Column,
    DateWidget,
    ListResource,
    NamedWidget,
    OrganizationWidget,
    TextWidget,
)
from organizations.importexport.widgets import cell_text
from organizations.models import PARENT_LEVELS, Level, Organization, OrganizationKind

LEVEL_OF = {level.label: level for level in Level}


def level_of(row) -> Level | None:
    return LEVEL_OF.get(cell_text(row.get("层级")))


def kinds_for(row, user):
    return OrganizationKind.objects.filter(level=level_of(row))


class ParentWidget(TextWidget):
    """The parent by code, on a level where it can be; what a row has already may stay, even above the own subtree."""

    def clean(self, value, row=None, *, user=None, **kwargs) -> Organization | None:
        level, code = level_of(row), cell_text(value)
        if level is None:
            return None
        present = Organization.objects.visible_to(user).filter(level=level, code=cell_text(row.get("代码")))
        known = present.select_related("parent").first()
        if known and known.parent and known.parent.code == code:
            return known.parent
        return OrganizationWidget(PARENT_LEVELS[level]).clean(code, row, user=user)

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else value.code


class OrganizationList(ListResource):
    """Additions and changes by code and level. Renames, moves and kinds go through the same actions as on the pages."""

    max_rows = 500
    max_rows_hint = "全市或全国的区划名单请用命令 manage.py import_divisions 导入。"

    code = Column("code", "代码", required=True, hint="区划为 12 位数字；基地等单位自编字母、数字和“-”")
    level = Column("level", "层级", ChoiceWidget(Level), required=True, hint="从下拉列表里选")
    name = Column("name", "名称", required=True, hint="与现有名称不同即更名，原名称记入曾用名")
    kind = Column(
        "kind",
        "类型",
        NamedWidget(kinds_for),
        saves_null_values=False,
        hint="如：村、社区、街道、镇、乡、基地、车间；认不准可空着，已有的不会因此清空",
    )
    parent = Column("parent", "上级代码", ParentWidget(), required=True, hint="上级组织的代码；与现有上级不同即移动")
    valid_from = Column("valid_from", "启用日期", DateWidget(), saves_null_values=False, hint="如 2026-07-01，可空着")

    class Meta(ListResource.Meta):
        model = Organization
        fields = ["code", "level", "name", "kind", "parent", "valid_from"]
        import_id_fields = ["code", "level"]

    def get_queryset(self):
        return super().get_queryset().select_related("parent", "kind")

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("parent", "kind")

    def write(self, instance: Organization, *, is_new: bool) -> None:
        values = {name: getattr(instance, name) for name in ["name", "kind", "valid_from"]}
        if is_new:
            place = {"parent": instance.parent, "level": instance.level, "code": instance.code}
            instance.__dict__.update(add_organization(by=self.user, **place, **values).__dict__)
            return
        node = Organization.objects.select_related("parent", "kind").get(pk=instance.pk)
        if node.name != values["name"]:
            rename_organization(node, by=self.user, name=values["name"])
        if (node.kind, node.valid_from) != (values["kind"], values["valid_from"]):
            classify_organization(node, by=self.user, kind=values["kind"], valid_from=values["valid_from"])
        if node.parent_id != instance.parent_id:
            move_organization(node, by=self.user, parent=instance.parent, note="列表导入")
