"""What people choose and write about a training."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from projects import rules
from projects.forms.filters import ProgressForm
from projects.forms.records import INVALID_DAY
from projects.models import AttendeeKind, Training, TrainingAttendee, TrainingLevel, TrainingSession, TrainingTopic
from projects.models.fieldwork import MOST

DAY_ERROR = {"invalid": INVALID_DAY}
USUALLY_INVITED = [AttendeeKind.HEAD, AttendeeKind.SECRETARY, AttendeeKind.COUNTY]


class TrainingFilterForm(ProgressForm):
    level = forms.ChoiceField(label="谁举办", required=False, choices=[("", "全部"), *TrainingLevel.choices])

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        del self.fields["under"]
        self.fields["level"].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def trainings(self):
        """Of the chosen programme, with their numbers."""
        found = Training.objects.visible_to(self.user).current().filter(programme=self.programme).with_numbers()
        found = found.select_related("organization")
        level = self.chosen("level")
        return found.filter(level=level) if level else found


class TrainingForm(forms.ModelForm):
    topics = forms.MultipleChoiceField(
        label="四再专题", choices=TrainingTopic, widget=forms.CheckboxSelectMultiple, required=False
    )
    invited = forms.MultipleChoiceField(
        label="通知哪些岗位参加",
        choices=AttendeeKind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="勾一类，本单位范围内这一类的岗位都列入；培训以后再登记谁没有来",
    )
    persons = NumberField(
        label="参训人数", max_value=MOST, unit="人", required=False, help_text="来了多少人，一人只算一次；培训以后填"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    class Meta:
        model = Training
        fields = ["level", "title", "topics", "first_on", "last_on", "place", "persons", "note"]
        widgets = {"first_on": DayInput, "last_on": DayInput, "note": forms.Textarea(attrs={"rows": 3})}
        error_messages = dict.fromkeys(["first_on", "last_on"], DAY_ERROR)

    field_order = ["level", "title", "first_on", "last_on", "place", "topics", "invited", "persons", "note"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        levels = rules.training_levels_of(user)
        self.fields["level"].choices = [(level.value, level.label) for level in levels]
        self.fields["note"].widget.attrs.pop("maxlength", None)
        self.initial["version"] = self.instance.version
        if self.instance.pk:
            self.initial["invited"] = list(self.instance.attendees.values_list("kind", flat=True).distinct())
        else:
            self.initial |= {"first_on": clock.today(), "last_on": clock.today(), "persons": None}
            self.initial["invited"] = USUALLY_INVITED

    def clean_persons(self) -> int:
        return int(self.cleaned_data["persons"] or 0)

    def _post_clean(self) -> None:
        """The fields go onto the training; whether the whole of it is right is for the action to say."""
        names = [*self._meta.fields, "version"]
        for name in [name for name in names if name in self.cleaned_data]:
            setattr(self.instance, name, self.cleaned_data[name])


class SessionForm(forms.ModelForm):
    person_times = NumberField(label="人次", max_value=MOST, unit="人次", required=False)

    class Meta:
        model = TrainingSession
        fields = ["held_on", "half_day", "topic", "teacher_post", "person_times"]
        widgets = {"held_on": DayInput}
        error_messages = {"held_on": DAY_ERROR}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["half_day"].choices = [("", "请选择"), *self.fields["half_day"].choices[1:]]
        for name in ["held_on", "half_day", "topic"]:
            self.fields[name].error_messages["required"] = f"请填写{self.fields[name].label}。"

    def clean_person_times(self) -> int:
        return int(self.cleaned_data["person_times"] or 0)


class BaseSessionFormSet(forms.BaseFormSet):
    def sessions(self) -> list[TrainingSession]:
        """Those that were filled in and not marked for removal."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.save(commit=False) for form in kept if form.has_changed() or form.initial]


SessionFormSet = forms.formset_factory(
    SessionForm, formset=BaseSessionFormSet, extra=3, max_num=60, absolute_max=60, can_delete=True
)


def session_forms(training: Training, data=None) -> BaseSessionFormSet:
    fields = SessionForm._meta.fields
    initial = [
        {name: getattr(session, name) for name in fields} | {"person_times": Decimal(session.person_times)}
        for session in (training.sessions.all() if training.pk else [])
    ]
    made = SessionFormSet(data, initial=initial, prefix="session")
    for form in made.forms:
        form.fields["DELETE"].label = "删除这一期"
    return made


class AttendanceForm(forms.Form):
    """A tick and a score for each invited post."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    def __init__(self, data=None, *, training: Training):
        super().__init__(data, initial={"version": training.version})
        attendees = training.attendees.select_related("organization", "site", "site__organization")
        self.attendees = list(attendees.order_by("pk"))
        for row in self.attendees:
            self.fields[f"present_{row.pk}"] = forms.BooleanField(
                label=f"{row}到会", required=False, initial=row.is_present
            )
            self.fields[f"score_{row.pk}"] = NumberField(
                label=f"{row}成绩",
                decimal_places=1,
                max_value=100,
                unit="分",
                required=False,
                initial=row.score,
            )

    def rows(self) -> list[tuple[TrainingAttendee, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"present_{row.pk}"], self[f"score_{row.pk}"]) for row in self.attendees]

    def clean(self) -> dict:
        for row in self.attendees:
            score = self.cleaned_data.get(f"score_{row.pk}")
            if score is not None and not self.cleaned_data.get(f"present_{row.pk}"):
                self.add_error(f"score_{row.pk}", ValidationError(f"{row}没有到会，不能有成绩。"))
        return self.cleaned_data

    def results(self) -> dict[int, tuple[bool, Decimal | None]]:
        data = self.cleaned_data
        return {row.pk: (data[f"present_{row.pk}"], data[f"score_{row.pk}"]) for row in self.attendees}
