from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import timezone

from organizations.actions import next_unit_code
from organizations.models import Level, Organization, OrganizationKind
from organizations.pickers import Picker


class OrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["name", "kind", "valid_from"]
        help_texts = {"name": "改名后，原名称记入曾用名，按原名称也能查到。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].queryset = OrganizationKind.objects.filter(level=self.instance.level)


class NewOrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["parent", "level", "code", "name", "kind", "valid_from"]
        help_texts = {
            "code": "区划用 12 位统计用区划代码。基地等单位自编，留空即按上级代码顺次编号。",
            "kind": "类型要与层级相符；认不准可先空着。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        kind = self.fields["kind"]
        kind.label_from_instance = lambda kind: f"{kind.get_level_display()}：{kind.name}"

    def clean(self) -> dict:
        values = super().clean()
        parent, level = values.get("parent"), values.get("level")
        if not values.get("code"):
            if level == Level.UNIT and parent:
                values["code"] = next_unit_code(parent)
            else:
                self.add_error("code", "请填写代码。")
        if parent and parent.is_closed:
            self.add_error("parent", f"“{parent}”已撤销，不能作为上级。")
        return values


class OrganizationChoice(forms.ModelChoiceField):
    """The picker with search; what it accepts lies in the user's subtree."""

    def __init__(self, field_name: str, *, user, **kwargs):
        widget = Picker(Organization._meta.get_field(field_name), admin.site)
        super().__init__(Organization.objects.visible_to(user).with_place(), widget=widget, **kwargs)

    def label_from_instance(self, obj: Organization) -> str:
        return obj.label


class DecisionForm(forms.Form):
    """About one organisation. `consequences` says in sentences what the confirmation will do."""

    note = forms.CharField(
        label="依据或说明", max_length=200, required=False, help_text="如文件名称和文号，记入操作记录"
    )

    def __init__(self, *args, organization: Organization, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.user = user

    def below(self) -> int:
        return Organization.objects.within(self.organization.path).count() - 1

    def consequences(self) -> list[str]:
        raise NotImplementedError


class MoveForm(DecisionForm):
    field_order = ["parent", "note"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["parent"] = OrganizationChoice("parent", user=user, label="新的上级")
        self.order_fields(self.field_order)

    def consequences(self) -> list[str]:
        below = self.below()
        return [
            f"“{self.organization}”将从“{self.organization.parent}”移到“{self.cleaned_data['parent'].label}”。",
            f"其下 {below} 个组织一并移动。" if below else "它没有下级。",
            "项目点和账号随之归新的上级管理；已经报送的月报和已编制的分配表仍归原来的上级。",
        ]


class CloseForm(DecisionForm):
    valid_to = forms.DateField(label="撤销日期", widget=AdminDateWidget, initial=timezone.localdate)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["successor"] = OrganizationChoice(
            "successor", user=user, label="并入", required=False, help_text="同一层级的组织；没有可不填"
        )
        self.order_fields(["valid_to", "successor", "note"])

    def consequences(self) -> list[str]:
        successor = self.cleaned_data["successor"]
        day = self.cleaned_data["valid_to"]
        return [
            f"“{self.organization}”自 {day.year}年{day.month}月{day.day}日起撤销"
            + (f"，并入“{successor.label}”。" if successor else "。"),
            "它不会被删除：已有的项目点、月报和记录都保留，只是不能再作为上级，也不再出现在选择列表里。",
        ]


class ReopenForm(DecisionForm):
    def consequences(self) -> list[str]:
        return [f"“{self.organization}”将恢复为在用，撤销日期和并入的组织一并清除。"]
