"""What people write into the responsibility table, and who is named as the contact of which sites."""

from django import forms

from fedwork.dates import DayInput
from fedwork.numbers import posted_integer
from organizations.models import Level, Role
from projects.actions.duties import ContactPost
from projects.forms.groups import DAY_ERROR
from projects.groups import counties_of
from projects.models import ContactKind, Duty, Programme, ProjectSite, SiteContact, TaskTemplate

MOST_TICKED = 300  # sites in one list of boxes


class DutyForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    class Meta:
        model = Duty
        fields = ["template", "task", "lead_unit", "post", "cooperating", "due_on", "position"]
        widgets = {"due_on": DayInput}
        error_messages = {"due_on": DAY_ERROR}
        help_texts = {
            "template": "对应批次里的一项日程任务，没有就空着；选了以后，任务和时限空着即照它写",
            "position": "小的在前",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        templates = TaskTemplate.objects.filter(stage__programme=self.instance.programme_id)
        self.fields["template"].queryset = templates.order_by("stage__starts_on", "position", "pk")
        self.fields["template"].empty_label = "不对应"
        self.fields["template"].error_messages["invalid_choice"] = "没有这一项，请重新选择。"
        self.fields["task"].required = self.fields["due_on"].required = False
        self.initial["version"] = self.instance.version

    def clean(self) -> dict:
        data = super().clean()
        template = data.get("template")
        data["task"] = data.get("task") or (template.name if template else "")
        if "due_on" not in self.errors:
            data["due_on"] = data.get("due_on") or (template.due_on if template else None)
        for name, sentence in [("task", "请写任务，或者选一项日程任务。"), ("due_on", "请写完成时限。")]:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return data

    def _post_clean(self) -> None:
        """The fields go onto the row; whether the whole of it is right is for the action to say."""
        if not self.errors:
            self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class ContactForm(forms.Form):
    """One post for all sites of a county, for those that have none yet, or for single ones."""

    kind = forms.ChoiceField(label="联系岗位", widget=forms.RadioSelect)
    sites = forms.ModelMultipleChoiceField(
        None,
        label="项目点",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选项目点。", "invalid_choice": "没有这个项目点，请重新选择。"},
    )
    unit = forms.CharField(label="单位（部室）", max_length=60, help_text="如：市妇联发展部、肥西县妇联")
    post = forms.CharField(label="岗位", max_length=40, help_text="如：部长、副主席")
    phone = forms.CharField(label="办公电话", max_length=30, required=False)

    def __init__(self, data=None, *, user, programme: Programme, asked: dict):
        super().__init__(data)
        every = ProjectSite.objects.visible_to(user).approved().filter(programme=programme).by_county()
        self.counties = counties_of(every.select_related("organization"))  # for the links that tick the sites of one
        sites = self._narrowed(every, asked)
        self.fields["sites"].queryset = sites
        self.fields["sites"].label_from_instance = lambda site: f"{site.county_name}　{site.name}"
        kinds = [ContactKind.COUNTY] if user.role == Role.COUNTY_REVIEWER else [ContactKind.CITY, ContactKind.COUNTY]
        self.fields["kind"].choices = [(kind, kind.label) for kind in kinds]
        kind = asked.get("kind") if asked.get("kind") in kinds else kinds[0]
        self.initial = {"kind": kind, "sites": self._asked(sites, kind, asked)}
        if user.organization.level == Level.COUNTY:
            self.initial["unit"] = f"{user.organization}妇联"

    def _narrowed(self, sites, asked: dict):
        """Of more sites than anybody ticks those of one county: that which is asked for, or the first."""
        if sites.count() <= MOST_TICKED or not self.counties:
            return sites
        self.fields["sites"].help_text = "项目点多，一次列一个县的；换县请点上面的“勾选”。"
        if asked.get("site"):
            return sites.filter(pk=posted_integer(asked["site"]))
        county = next((each for each in self.counties if str(each.pk) == asked.get("county")), self.counties[0])
        return sites.filter(organization__path__startswith=county.path)

    @staticmethod
    def _asked(sites, kind: str, asked: dict) -> list[int]:
        """One site, those of a county, or those that still lack this post."""
        chosen = list(sites.select_related("organization"))
        if asked.get("site"):
            return [site.pk for site in chosen if str(site.pk) == asked["site"]]
        if asked.get("county"):
            return [site.pk for site in chosen if posted_integer(asked["county"]) in site.organization.ancestor_ids]
        named = set(SiteContact.objects.filter(site__in=chosen, kind=kind).values_list("site", flat=True))
        return [site.pk for site in chosen if site.pk not in named]

    @property
    def contact_post(self) -> ContactPost:
        return ContactPost(*(self.cleaned_data[name] for name in ContactPost._fields))
