"""A returned report's form: remarks beside their fields, and closed what the return did not open."""

from django import forms

from projects.models import MonthlyReport


def apply_return(form: forms.Form, report: MonthlyReport) -> None:
    """Give each field named in a remark of the last return the reviewer's words (`field.remark`), and close those that
    stay as they are; `refuse_changes_outside` says the same to what is posted all the same. Form fields are named by
    the report's keys. Lines of reason and what is empty stay open."""
    last, opened = report.last_return, report.reopened_keys
    for remark in last.remarks if last else []:
        if remark["key"] in form.fields:
            form.fields[remark["key"]].remark = remark["text"]
    if opened is None:
        return
    for key in form.fields.keys() - opened:
        is_free = key.startswith("why_") or form.get_initial_for_field(form.fields[key], key) in {None, ""}
        form.fields[key].disabled = not is_free
