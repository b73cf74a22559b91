"""What people choose and write around a schedule: other dates, decisions, another window for a stage."""

from django import forms

from fedwork.dates import DayInput
from projects.models import Programme, ReplanRequest, ScheduleItem, Stage

DAY_ERROR = {"invalid": "请按 2026-11-20 的样子填写日期。"}


def day_field(label: str, **options) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY_ERROR, **options)


def words_field(label: str, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, widget=forms.Textarea(attrs={"rows": 2}), **options)


class WindowForm(forms.Form):
    """New dates of a task, and why."""

    starts_on = day_field("新的开始")
    due_on = day_field("新的计划完成")
    reason = words_field("原因", help_text="为什么要改、改到这一天的根据；会留在调整记录里")

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("starts_on") and cleaned.get("due_on") and cleaned["due_on"] < cleaned["starts_on"]:
            self.add_error("due_on", "计划完成不能早于开始。")
        return cleaned


class ReplanForm(WindowForm):
    def __init__(self, data=None, *, item: ScheduleItem):
        super().__init__(data, initial={"starts_on": item.starts_on, "due_on": item.due_on})


class DecisionForm(forms.Form):
    """一个申请的批复 on a page with many of them."""

    note = words_field("批复意见", required=False)

    def __init__(self, data=None, *, request: ReplanRequest):
        super().__init__(data, auto_id=f"id_{request.pk}_%s")


class ReasonForm(forms.Form):
    reason = words_field("重新打开的原因")

    def __init__(self, data=None, *, stage: Stage):
        super().__init__(data, auto_id=f"id_reopen_{stage.pk}_%s")


class StageWindowForm(forms.Form):
    starts_on = day_field("开始")
    ends_on = day_field("结束")
    reason = words_field("调整的原因")

    def __init__(self, data=None, *, stage: Stage):
        initial = {"starts_on": stage.starts_on, "ends_on": stage.ends_on}
        super().__init__(data, initial=initial, auto_id=f"id_move_{stage.pk}_%s")


class BulkReplanForm(WindowForm):
    """One task of all sites of a programme that the user manages."""

    task = forms.ChoiceField(label="任务", error_messages={"invalid_choice": "没有这项任务，请重新选择。"})
    field_order = ["task", "starts_on", "due_on", "reason"]

    def __init__(self, data=None, *, programme: Programme, user):
        super().__init__(data)
        self.items = ScheduleItem.objects.visible_to(user).filter(
            stage__site__programme=programme, template__isnull=False
        )
        rows = self.items.order_by("stage__starts_on", "position", "starts_on", "name")
        kinds = rows.values_list("template", "occurrence", "name").distinct()
        found = {f"{template}:{occurrence}": name for template, occurrence, name in kinds}
        self.fields["task"].choices = [("", "请选择"), *found.items()]

    def chosen(self) -> list[ScheduleItem]:
        """The task at every site, in the order of the counties."""
        template, _, occurrence = self.cleaned_data["task"].partition(":")
        items = self.items.filter(template=template, occurrence=occurrence)
        return list(items.select_related("stage__site").order_by("stage__site__organization__code", "pk"))

    def given(self) -> dict:
        """As the action takes it."""
        return {name: self.cleaned_data[name] for name in ["starts_on", "due_on", "reason"]}
