"""The base of every list: its columns, its preview, its errors by line."""

import logging
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.utils.html import format_html
from import_export import fields, resources, results

from organizations.importexport.widgets import TextWidget

logger = logging.getLogger(__name__)
VERBS = {"new": "新增", "update": "修改", "skip": "不变", "delete": "删除"}


class Column(fields.Field):
    """A field with a Chinese heading. `required`: the heading has to be in the file; `hint` tells how to fill it in.

    `choices(user)` gives what the template's drop-down offers where that depends on who asks.
    """

    def __init__(self, attribute: str, heading: str, widget=None, *, required=False, hint="", choices=None, **options):
        super().__init__(attribute, heading, widget or TextWidget(), **options)
        self.required, self.hint, self.choices = required, hint, choices

    def offered_to(self, user) -> list[str]:
        """What may be chosen, empty when the column is free text."""
        return list(self.choices(user) if self.choices else getattr(self.widget, "values", {}))


@dataclass
class Problem:
    line: int
    heading: str
    message: str


class ListDiff(resources.Diff):
    """Cells of the preview, without inline styles: the Content-Security-Policy forbids them."""

    def as_html(self) -> list[str]:
        return [self._cell(old, new) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old, new) -> str:
        if self.new or old == new:
            return format_html("{}", new)
        return format_html("<del>{}</del> <ins>{}</ins>", old or "（空）", new or "（空）")


class ListResult(results.Result):
    """What happened, told by the lines of the file."""

    def __init__(self):
        super().__init__()
        self.line_numbers: list[int] = []
        self.headings: dict[str, str] = {}

    @property
    def refused(self) -> bool:
        return self.has_errors() or self.has_validation_errors()

    @property
    def general_problems(self) -> list[str]:
        return [message for error in self.base_errors for message in messages_of(error.error)]

    @property
    def problems(self) -> list[Problem]:
        """Every error of every line, in the order of the file."""
        found = []
        for line, row in zip(self.line_numbers, self.rows, strict=True):
            if row.validation_error:
                found += self._problems_of(line, row.validation_error)
            found += [Problem(line, "", message) for error in row.errors for message in messages_of(error.error)]
        return found

    def _problems_of(self, line: int, error: ValidationError) -> list[Problem]:
        by_field = getattr(error, "error_dict", {NON_FIELD_ERRORS: [error]})
        return [
            Problem(line, self.headings.get(name, ""), message)
            for name, errors in by_field.items()
            for message in ValidationError(errors).messages
        ]

    @property
    def preview(self) -> list[tuple[int, str, list]]:
        """(line, 新增 / 修改 / 不变, cells)"""
        return [
            (line, VERBS[row.import_type], row.diff)
            for line, row in zip(self.line_numbers, self.rows, strict=True)
            if row.is_valid()
        ]

    @property
    def counts(self) -> str:
        shown = ["new", "update", "skip"]
        return "，".join(f"{VERBS[kind]} {self.totals[kind]} 行" for kind in shown)


def messages_of(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        return error.messages
    if isinstance(error, PermissionDenied):
        return [str(error) or "您没有权限改动这一行。"]
    logger.error("导入时出错：%r", error, exc_info=error)
    return ["这一行无法处理，请核对各列内容；多次出现请联系管理员。"]


class ListResource(resources.ModelResource):
    """A list of rows of one model. A subclass declares its `Column`s, `Meta.model`, `Meta.fields` and
    `Meta.import_id_fields`, and writes through an action in `write`. All lines are taken or none."""

    max_rows = 2000
    max_rows_hint = "超过的请分成几个文件导入。"

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def __init__(self, *, user, **kwargs):
        super().__init__(**kwargs)
        self.user = user

    def write(self, instance, *, is_new: bool) -> None:
        """Store `instance`, already checked, through an action that leaves an audit row. Raises ValidationError."""
        raise NotImplementedError

    def get_queryset(self):
        return self._meta.model._default_manager.visible_to(self.user)

    def get_diff_class(self):
        return ListDiff

    def get_result_class(self):
        return ListResult

    def do_instance_save(self, instance, is_create):
        self.write(instance, is_new=is_create)

    def import_data(self, dataset, dry_run=False, **kwargs):
        problems = self.problems_of_headings(dataset.headers or [])
        if problems:
            result = ListResult()
            result.append_base_error(results.Error(ValidationError(problems)))
            return result
        kwargs["rollback_on_validation_errors"] = True
        kwargs.setdefault("user", self.user)
        result = super().import_data(dataset, dry_run, **kwargs)
        result.line_numbers = dataset.line_numbers
        result.headings = {column.attribute: column.column_name for column in self.fields.values()}
        return result

    def get_instance(self, instance_loader, row):
        """A key that can't be read belongs to no row yet; reading the row says what is wrong with it."""
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None

    def problems_of_headings(self, headings: list[str]) -> list[str]:
        missing = [
            column.column_name
            for column in self.get_import_fields()
            if getattr(column, "required", False) and column.column_name not in headings
        ]
        twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
        problems = [f"表头缺少这些列：{'、'.join(missing)}。请用本页的模板。"] if missing else []
        return problems + ([f"表头有重复的列：{'、'.join(twice)}。"] if twice else [])

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """What the list does not offer (paths, states) is the action's business, not the row's."""
        errors = dict(import_validation_errors or {})
        offered = {column.attribute for column in self.fields.values()}
        others = {field.name for field in instance._meta.fields} - offered
        try:
            instance.full_clean(exclude=others | errors.keys(), validate_unique=validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)
