"""What people write about a meeting."""

from django import forms

from fedwork import clock
from fedwork.dates import DayInput, MomentField, MomentInput
from organizations.calendar import load_calendar
from organizations.models import Level, Organization, Role
from projects.meeting_plan import due_days
from projects.models import Meeting, Programme, ProjectSite
from projects.posts import Post, Posts

BEYOND_PLAN = "计划以外"
AGENDA = "1. 各县（市、区）妇联汇报项目进展\n2. 通报督查情况和存在问题\n3. 议定整改事项\n4. 部署下一步工作"


class MeetingForm(forms.ModelForm):
    due_on = forms.TypedChoiceField(
        label="会议期次", required=False, coerce=lambda day: forms.DateField().clean(day), empty_value=None
    )
    attendees = forms.MultipleChoiceField(label="参会岗位", required=False, widget=forms.CheckboxSelectMultiple)
    pack_at = MomentField(
        label="材料数据截至", widget=MomentInput, help_text="会议材料只看这一时点以前的情况，改了就按新的时点重算"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    class Meta:
        model = Meeting
        fields = [
            *["kind", "held_on", "place", "chaired_by", "guests", "agenda", "pack_at"],
            *["achievements", "minutes", "requirements"],
        ]
        widgets = {
            "held_on": DayInput,
            "agenda": forms.Textarea(attrs={"rows": 4}),
            "achievements": forms.Textarea(attrs={"rows": 3}),
            "minutes": forms.Textarea(attrs={"rows": 6}),
            "requirements": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {"achievements": "写进督查情况通报；空着则只列数字", "requirements": "写进通报和纪要，一行一条"}

    field_order = ["kind", "due_on", "held_on", "place", "chaired_by", "attendees"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        meeting = self.instance
        days = due_days(meeting.programme, load_calendar())
        self.fields["due_on"].choices = [
            ("", BEYOND_PLAN),
            *((f"{day}", _due_words(n, day)) for n, day in enumerate(days, 1)),
        ]
        self.initial["due_on"] = meeting.due_on and f"{meeting.due_on}"
        self.posts = {f"{post.organization.pk}:{post.role}": post for post in invited(meeting.programme)}
        self.fields["attendees"].choices = [(key, str(post)) for key, post in self.posts.items()]
        self.initial["attendees"] = self._attending()
        self.initial["version"] = meeting.version
        self.initial.setdefault("pack_at", clock.now())
        if not meeting.pk:
            self.initial |= {"agenda": AGENDA, "pack_at": clock.now(), "held_on": clock.today()}

    def _attending(self) -> list[str]:
        if self.instance.pk:
            return [f"{row.organization_id}:{row.role}" for row in self.instance.attendees.all()]
        return [key for key, post in self.posts.items() if post.role == Role.COUNTY_REVIEWER]

    def chosen_posts(self) -> list[Post]:
        return [self.posts[key] for key in self.cleaned_data["attendees"]]

    def _post_clean(self) -> None:
        """The fields go onto the meeting; whether the whole of it is right is for the action to say."""
        names = [*self._meta.fields, "due_on", "version"]
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        for name, value in given.items():
            setattr(self.instance, name, value)


def _due_words(number: int, day) -> str:
    return f"第 {number} 次（{day.year}年{day.month}月{day.day}日前）"


def invited(programme: Programme) -> list[Post]:
    """The county posts of the programme's sites, then those who fill in; four queries."""
    sites = ProjectSite.objects.filter(programme=programme).approved().by_county().select_related("organization")
    places = [site.organization for site in sites]
    ids = {pk for place in places for pk in place.ancestor_ids}
    counties = Organization.objects.filter(pk__in=ids, level=Level.COUNTY).order_by("code")
    posts = Posts(places)
    answering = [post for place in places for post in posts.answering(place)[:1]]
    return list(dict.fromkeys([*(Post(county, Role.COUNTY_REVIEWER) for county in counties), *answering]))
