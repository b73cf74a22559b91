"""What people write when lost points become 整改事项, and when a site is accepted."""

from django import forms

from assessments.actions import Verdict, Wanting
from assessments.models import Acceptance, Conclusion, ScoreRound
from assessments.sheet import Line, score_sheet
from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from organizations.calendar import load_calendar
from projects.forms.rectifications import DAY_ERROR, MOST_WORKDAYS, USUAL_WORKDAYS
from projects.models import RectificationCategory
from projects.posts import Posts

CATEGORIES = {"资金管理": RectificationCategory.MONEY, "阵地建设": RectificationCategory.VENUE}
CATEGORIES |= {"资料收集": RectificationCategory.MATERIALS, "教育培训": RectificationCategory.ACTIVITY}
CATEGORIES |= {"文化娱乐活动": RectificationCategory.ACTIVITY}


def _long(label: str, *, rows: int = 2, most: int = 500, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options)


class FindingsForm(forms.Form):
    """A tick and two texts for every line that lost points; the post and the date are common to all."""

    post = forms.ChoiceField(label="责任岗位", widget=forms.RadioSelect)
    workdays = NumberField(
        label="整改时限（几个工作日内）",
        unit="个工作日",
        required=False,
        initial=USUAL_WORKDAYS,
        max_value=MOST_WORKDAYS,
    )
    due_on = forms.DateField(
        label="或者指定日期",
        required=False,
        widget=DayInput,
        error_messages=DAY_ERROR,
        help_text="填了日期就以日期为准",
    )

    def __init__(self, *args, score_round: ScoreRound, user, **kwargs):
        super().__init__(*args, **kwargs)
        organization = score_round.site.organization
        raised = set(score_round.findings.values_list("criterion_id", flat=True))
        lines = [line for line in score_sheet(score_round).lines if line.lost]
        self.lines = [line for line in lines if line.criterion.pk not in raised]
        self.posts = {
            f"{post.organization.pk}:{post.role}": post
            for post in Posts([organization]).answering(organization)
            if (post.role, post.organization.pk) != (user.role, user.organization_id)
        }
        self.fields["post"].choices = [(key, str(post)) for key, post in self.posts.items()]
        self.fields["post"].initial = next(iter(self.posts), None)
        for line in self.lines:
            self._ask(line)

    def _ask(self, line: Line) -> None:
        pk, criterion = line.criterion.pk, line.criterion
        lost = f"{line.lost.normalize():f}"
        self.fields[f"take_{pk}"] = forms.BooleanField(label=f"{criterion}（扣 {lost} 分）", required=False)
        problem = f"{criterion.content}：{line.why_lost}"[:500]
        evidence = f"，补齐{criterion.evidence}" if criterion.evidence else ""
        self.fields[f"problem_{pk}"] = _long("问题", initial=problem, required=False)
        self.fields[f"measure_{pk}"] = _long("整改要求", initial=f"按评分标准整改到位{evidence}。", required=False)

    @property
    def rows(self) -> list[tuple]:
        """(line, tick, problem, measure)"""
        return [
            (line, *(self[f"{name}_{line.criterion.pk}"] for name in ["take", "problem", "measure"]))
            for line in self.lines
        ]

    @property
    def common(self) -> list:
        return [self[name] for name in ["post", "workdays", "due_on"]]

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("due_on") and cleaned.get("workdays"):
            cleaned["due_on"] = load_calendar().add_workdays(clock.today(), int(cleaned["workdays"]))
        elif not cleaned.get("due_on"):
            self.add_error("workdays", "请写几个工作日内整改完，或者指定日期。")
        return cleaned

    def wanting(self) -> list[Wanting]:
        return [
            Wanting(line.criterion, told["problem"], told["measure"], _category(line))
            for line in self.lines
            if (told := self._told(line))["take"]
        ]

    def _told(self, line: Line) -> dict:
        return {name: self.cleaned_data[f"{name}_{line.criterion.pk}"] for name in ["take", "problem", "measure"]}


def _category(line: Line) -> RectificationCategory:
    return CATEGORIES.get(line.criterion.section.name, RectificationCategory.OTHER)


class CountyOpinionForm(forms.Form):
    county_opinion = _long("县级意见", rows=4, most=1000, help_text="自查整改是否到位，是否同意报市级验收")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, acceptance: Acceptance, **kwargs):
        kwargs.setdefault("initial", {"version": acceptance.version})
        super().__init__(*args, **kwargs)


class VerdictForm(forms.Form):
    conclusion = forms.ChoiceField(label="验收结论", choices=Conclusion, widget=forms.RadioSelect)
    due_on = forms.DateField(
        label="整改时限", required=False, widget=DayInput, error_messages=DAY_ERROR, help_text="只有“限期整改”才填"
    )
    team = _long("验收组", rows=5, most=1000, help_text="一行一人，组长在前：姓名，单位，职务；三人以上")
    opinion = _long("验收组意见", rows=4, most=1000)
    city_opinion = _long("市级意见", rows=3, most=1000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, acceptance: Acceptance, **kwargs):
        last = acceptance.site.score_rounds.submitted().filter(level=acceptance.level).order_by("-number").first()
        kwargs.setdefault("initial", {"version": acceptance.version, "team": last.team if last else ""})
        super().__init__(*args, **kwargs)

    def verdict(self) -> Verdict:
        names = ["conclusion", "team", "opinion", "city_opinion", "due_on"]
        return Verdict(**{name: self.cleaned_data[name] for name in names})
