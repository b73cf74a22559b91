"""What assessors type: the answers of a round, and the province's result."""

from decimal import Decimal
from typing import NamedTuple

from django import forms

from assessments.actions import ScoreContent, save_scores
from assessments.actions.scoring import OF_ROUND, TEXTS, stored_values
from assessments.methods import STEP, Asks, Method, Question
from assessments.models import Score, ScoreRound
from assessments.sheet import Line, Part, Sheet, part_words, points_words
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from projects.forms.fieldwise import FieldwiseForm, one_line_end

LABELS = {"team": "考评组", "remark": "总体意见", "bonus_reason": "附加分依据"}


class PointsField(NumberField):
    """Half points, at most those of the criterion."""

    def __init__(self, *, most: Decimal, **kwargs):
        super().__init__(decimal_places=1, unit="分", **kwargs)
        self.most = most

    def clean(self, value):
        points = super().clean(value)
        if points is not None and points > self.most:
            raise forms.ValidationError(f"最多 {self.most.normalize():f} 分。")
        if points is not None and points % STEP:
            raise forms.ValidationError("以 0.5 分为一档。")
        return points


class AnswerField(forms.TypedChoiceField):
    """Yes, no or not yet; static/js/scores.js makes two large buttons of it."""

    def __init__(self, question: Question, **kwargs):
        choices = [("", "未评"), ("1", question.yes), ("0", question.no)]
        widget = forms.Select(attrs={"data-buttons": ""})
        super().__init__(choices=choices, coerce=Decimal, empty_value=None, widget=widget, **kwargs)

    def prepare_value(self, value):
        return f"{value:.0f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial, data) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class Card(NamedTuple):
    """A criterion as the page shows it."""

    line: Line
    questions: list[tuple[Question, forms.BoundField]]
    hand: forms.BoundField
    inapplicable: forms.BoundField
    reason: forms.BoundField
    others: list[tuple[str, Score]]  # what other rounds gave, by their label

    @property
    def words(self) -> str:
        return points_words(self.line)

    @property
    def is_deduction(self) -> bool:
        return self.line.criterion.method == Method.DEDUCT

    @property
    def standard(self) -> str:
        """评分标准, without the lines that stand beside the buttons word for word."""
        asked = {question.words for question, _ in self.questions}
        return "\n".join(
            line for line in self.line.criterion.standard.splitlines() if line.rstrip("；;。") not in asked
        )

    @property
    def needs_words(self) -> bool:
        """So the field for the reason stands open: something is said there or has to be, or an answer lost points."""
        is_losing = bool(self.questions and self.line.lost)
        return bool(self.line.score.reason or self.reason.errors or is_losing or self.is_changed_by_hand)

    @property
    def is_changed_by_hand(self) -> bool:
        held = self.line.score
        return held.by_hand is not None or held.is_inapplicable or bool(self.hand.errors or self.inapplicable.errors)

    @property
    def has_errors(self) -> bool:
        asked = [field for _, field in self.questions]
        return any(field.errors for field in [*asked, self.hand, self.inapplicable, self.reason])


class CardGroup(NamedTuple):
    """A section on the page: folded, but for the one at which to go on and those with mistakes."""

    part: Part
    cards: list[Card]
    is_open: bool
    following: Part | None

    @property
    def words(self) -> str:
        return part_words(self.part)


class ScoreForm(FieldwiseForm):
    """Keys: mark_<criterion>_<question>, hand_<criterion>, na_<criterion>, reason_<criterion>, team, remark; where the rubric
    has a bonus also bonus and bonus_reason."""

    def __init__(self, *args, sheet: Sheet, **kwargs):
        self.sheet = sheet
        kwargs.setdefault("initial", stored_values(sheet))
        super().__init__(*args, **kwargs)
        for line in sheet.lines:
            self._add_line(line)
        for name in TEXTS:
            self.fields[name] = self._text(LABELS[name], ScoreRound._meta.get_field(name).max_length)
        if most := sheet.round.rubric.bonus_points:
            self.fields["bonus"] = PointsField(most=most, label="附加分", required=False, show_hidden_initial=True)
        else:
            del self.fields["bonus_reason"]

    def _add_line(self, line: Line) -> None:
        pk, about = line.criterion.pk, line.criterion.code
        if not line.criterion.is_automatic:
            for number, question in enumerate(line.rule.questions):
                self.fields[f"mark_{pk}_{number}"] = _answer(question, f"{about} {question.words}")
        self.fields[f"hand_{pk}"] = PointsField(
            most=line.most, label="改定为（分）", required=False, show_hidden_initial=True
        )
        self.fields[f"na_{pk}"] = forms.BooleanField(label="这一条不适用", required=False, show_hidden_initial=True)
        longest = Score._meta.get_field("reason").max_length
        self.fields[f"reason_{pk}"] = forms.CharField(
            label="扣分、改分或不适用的原因", required=False, max_length=longest, show_hidden_initial=True
        )

    @staticmethod
    def _text(label: str, longest: int) -> forms.CharField:
        field = forms.CharField(
            label=label,
            required=False,
            max_length=longest,
            widget=forms.Textarea(attrs={"rows": 4}),
            show_hidden_initial=True,
        )
        field.widget.attrs.pop("maxlength", None)
        return field

    def content(self) -> ScoreContent:
        """What was touched and understood."""
        content, data = ScoreContent(), self.cleaned_data
        for name in self.touched():
            kind, *numbers = name.split("_")
            if name in OF_ROUND:
                content.texts[name] = one_line_end(data[name]) if name in TEXTS else data[name]
            elif kind == "mark":
                content.marks[int(numbers[0]), int(numbers[1])] = data[name]
            else:
                places = {"hand": content.by_hand, "na": content.inapplicable, "reason": content.reasons}
                places[kind][int(numbers[0])] = data[name]
        return content

    def save(self, *, by, version: int) -> ScoreRound:
        return save_scores(self.sheet.round, by=by, version=version, content=self.content(), base=self.base())

    def groups(self, others: list[Sheet]) -> list[CardGroup]:
        """By section. `others` are the submitted rounds before this one."""
        told: dict[int, list] = {}
        for sheet in others:
            for line in sheet.lines:
                told.setdefault(line.criterion.pk, []).append((sheet.round.label, line))
        parts = self.sheet.parts
        here = next((part for part in parts if not part.is_answered), None)
        return [
            self._group(part, following, here, told) for part, following in zip(parts, [*parts[1:], None], strict=True)
        ]

    def _group(self, part: Part, following: Part | None, here: Part | None, told: dict[int, list]) -> CardGroup:
        cards = [self._card(line, told.get(line.criterion.pk, [])) for line in part.lines]
        return CardGroup(part, cards, part is here or any(card.has_errors for card in cards), following)

    def _card(self, line: Line, others: list) -> Card:
        pk = line.criterion.pk
        asked = [] if line.criterion.is_automatic else line.rule.questions
        questions = [(question, self[f"mark_{pk}_{number}"]) for number, question in enumerate(asked)]
        return Card(line, questions, self[f"hand_{pk}"], self[f"na_{pk}"], self[f"reason_{pk}"], others)


def _answer(question: Question, label: str) -> forms.Field:
    options = {"label": label, "required": False, "show_hidden_initial": True}
    if question.asks == Asks.YES_NO:
        return AnswerField(question, **options)
    places = 0 if question.asks == Asks.TIMES else 2
    field = NumberField(decimal_places=places, unit=question.unit, **options)
    if question.asks == Asks.TIMES:
        field.widget.attrs["data-times"] = ""
    return field


class ProvinceForm(forms.Form):
    total = PointsField(most=Decimal(100), label="省验得分", help_text="满分 100，以 0.5 分为一档")
    document_number = forms.CharField(label="省里文件的文号", max_length=60)
    document_on = forms.DateField(label="文件日期", widget=DayInput)
    remark = forms.CharField(
        label="省验意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
