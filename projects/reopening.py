"""A return with remarks opens the fields it names; everything else of the report stays as it was."""

from django import forms

from projects.models import MonthlyReport


def closed_keys(report: MonthlyReport, stored: dict[str, object]) -> set[str]:
    """Keys of the fields that the last return left closed; `stored` are the values by key, of `Sheet.stored`.

    Lines of reason are always open, and so is what is empty and asked for: a task or measure that came up since the
    return would otherwise stand against the submission for good.
    """
    opened = report.reopened_keys
    if opened is None:
        return set()
    return {key for key in stored.keys() - opened if not _is_open_anyway(key, stored)}


def _is_open_anyway(key: str, stored: dict[str, object]) -> bool:
    kind, _, rest = key.partition("_")
    if kind == "done":  # the date goes with its percent
        return stored.get(f"percent_{rest}") is None
    return kind == "why" or (kind in {"percent", "figure", "next"} and stored[key] in {None, ""})


def apply_return(form: forms.Form, report: MonthlyReport) -> None:
    """Give each field named in a remark of the last return the reviewer's words (`field.remark`), and close those that
    stay as they are; `save_report` says the same to what is posted all the same. The form's fields are named by the
    report's keys, its initial values are the stored ones."""
    for key in report.remarks.keys() & form.fields.keys():
        form.fields[key].remark = report.remarks[key]
    for key in closed_keys(report, form.initial) & form.fields.keys():
        form.fields[key].disabled = True
