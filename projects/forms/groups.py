"""What people write about leading groups, responsibilities and plans."""

import re
from datetime import date

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from projects.actions.groups import Place, Seat
from projects.forms.stuck_filters import ResponsibilityForm
from projects.models import GroupMember, GroupRole, LeadingGroup
from projects.models.group import OTHER_ROLES

DAY_ERROR = {"invalid": "请按 2026-06-08 的样子填写日期。"}
PARTS = re.compile(r"[\s,，、;；]+")
UNIT_LENGTH, NAME_LENGTH = 40, 20
LINES_HINT = "一行一个，单位和职务之间空一格，如：肥西县妇联 主席"


def day_field(label: str, **options) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY_ERROR, initial=clock.today, **options)


class GroupFilterForm(ResponsibilityForm):
    """Programme and county, and the day as of which the organisation is shown."""

    as_of = forms.DateField(label="哪一天的", required=False, widget=DayInput, error_messages=DAY_ERROR)
    field_order = ["programme", "county", "as_of"]

    @property
    def day(self) -> date:
        return self.chosen("as_of") or clock.today()


class DayForm(forms.Form):
    """The day as of which one group is shown."""

    as_of = forms.DateField(label="哪一天的名单", required=False, widget=DayInput, error_messages=DAY_ERROR)

    @property
    def day(self) -> date:
        self.is_valid()
        return self.cleaned_data.get("as_of") or clock.today()


class SeatLines(forms.CharField):
    """Posts one to a line: unit, post and, where one is wanted, a name. Cleans to a list of Seat."""

    def __init__(self, **options):
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **options)

    def clean(self, value) -> list[Seat]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [self._seat(number, line) for number, line in enumerate(lines, 1) if line]

    @staticmethod
    def _seat(number: int, line: str) -> Seat:
        parts = PARTS.split(line)
        if not 2 <= len(parts) <= 3:
            raise forms.ValidationError(f"第 {number} 行“{line[:30]}”要写单位和职务，中间空一格。")
        if max(map(len, parts[:2])) > UNIT_LENGTH or len("".join(parts[2:])) > NAME_LENGTH:
            raise forms.ValidationError(f"第 {number} 行太长，单位和职务各不超过 {UNIT_LENGTH} 个字。")
        return Seat(*parts)


class VersionForm(forms.Form):
    """A step that says which version of the group was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    def __init__(self, data=None, *, group: LeadingGroup):
        super().__init__(data, initial={"version": group.version})
        self.group = group


class SeatFields(forms.Form):
    unit = forms.CharField(label="单位", max_length=UNIT_LENGTH, help_text="如：市妇联、小井庄村")
    post = forms.CharField(label="职务", max_length=UNIT_LENGTH, help_text="如：主席、村妇联主席")
    name = forms.CharField(label="姓名", max_length=NAME_LENGTH, required=False, help_text="可以不写，职责跟岗位走")

    @property
    def seat(self) -> Seat:
        return Seat(*(self.cleaned_data[name] for name in Seat._fields))


class DeputyField(forms.ModelChoiceField):
    def __init__(self, **options):
        super().__init__(
            None,
            empty_label="请选择",
            error_messages={"invalid_choice": "没有这位副组长，请重新选择。"},
            help_text="由领导小组的一名副组长兼任",
            **options,
        )


class EstablishForm(forms.ModelForm):
    """A group with its first head and whoever else is in it; an office takes one of the deputies as director."""

    unit = forms.CharField(label="组长单位", max_length=UNIT_LENGTH, help_text="如：肥西县妇联")
    post = forms.CharField(label="组长职务", max_length=UNIT_LENGTH, help_text="组长是项目第一责任人，如：主席")
    deputy = DeputyField(label="办公室主任")
    deputies = SeatLines(label="副组长", required=False, help_text=LINES_HINT)
    members = SeatLines(label="成员", required=False, help_text=LINES_HINT)

    class Meta:
        model = LeadingGroup
        fields = ["document_number", "established_on", "seat"]
        widgets = {"established_on": DayInput}
        error_messages = {"established_on": DAY_ERROR}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("established_on", clock.today())
        group = self.instance
        for name in ["unit", "post", "deputies"] if group.is_office else ["seat", "deputy"]:
            del self.fields[name]
        if group.is_office:
            self.fields["deputy"].queryset = deputies_of(group.parent)
        else:
            self.initial["unit"] = group.place

    def head(self) -> Seat | None:
        data = self.cleaned_data
        return None if self.instance.is_office else Seat(data["unit"], data["post"])

    def others(self) -> list[Place]:
        rows = [(GroupRole.DEPUTY, "deputies"), (GroupRole.MEMBER, "members")]
        return [Place(role, seat) for role, name in rows for seat in self.cleaned_data.get(name) or []]

    def _post_clean(self) -> None:
        """The fields go onto the group; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


def deputies_of(group: LeadingGroup):
    return group.members.sitting().filter(role=GroupRole.DEPUTY).order_by("pk")


class TakeOverForm(SeatFields, VersionForm):
    """接任: the new head's post, or in an office the deputy who becomes its director."""

    deputy = DeputyField(label="新任办公室主任")
    from_on = day_field("接任日期", help_text="前任到前一天为止")
    document_number = forms.CharField(label="调整文号", max_length=60, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ["unit", "post", "name"] if self.group.is_office else ["deputy"]:
            del self.fields[name]
        if self.group.is_office:
            self.fields["deputy"].queryset = deputies_of(self.group.parent)
        if present := self.group.members.sitting().filter(role=self.group.lead_role).first():
            self.initial["unit"] = present.unit
            self.fields["from_on"].help_text = f"现任{present}自 {present.from_on} 起，到接任日期的前一天为止"

    def given(self) -> dict:
        """As `take_over` takes it."""
        data = self.cleaned_data
        head = None if self.group.is_office else self.seat
        return {name: data[name] for name in ["version", "from_on", "document_number"]} | {
            "head": head,
            "deputy": data.get("deputy"),
        }


class AppointForm(VersionForm):
    role = forms.ChoiceField(label="职责", widget=forms.RadioSelect)
    seats = SeatLines(label="岗位", help_text=LINES_HINT)
    from_on = day_field("任职日期")
    document_number = forms.CharField(label="调整文号", max_length=60, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        roles = OTHER_ROLES[self.group.kind]
        self.fields["role"].choices = [(role, role.label) for role in roles]
        self.fields["role"].initial = roles[-1]

    def given(self) -> dict:
        """As `appoint_members` takes it."""
        data = self.cleaned_data
        places = [Place(data["role"], seat) for seat in data["seats"]]
        return {name: data[name] for name in ["version", "from_on", "document_number"]} | {"places": places}


class LeaveForm(VersionForm):
    to_on = day_field("任职到哪一天", help_text="这一天还在任")


class CorrectForm(SeatFields, VersionForm):
    def __init__(self, data=None, *, member: GroupMember):
        super().__init__(data, group=member.group)
        self.initial |= {name: getattr(member, name) for name in Seat._fields}


class DisbandForm(VersionForm):
    on = day_field("撤销日期", help_text="这一天是最后一天")
    reason = forms.CharField(label="撤销原因", max_length=200, help_text="如：项目验收结束，合妇〔2026〕40号")
