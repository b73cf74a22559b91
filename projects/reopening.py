"""A returned report's form: remarks beside their fields, and closed what the return did not open."""

from django import forms

from projects.models import MonthlyReport


def apply_return(form: forms.Form, report: MonthlyReport) -> None:
    """Give each field named in a remark of the last return the reviewer's words (`field.remark`), and close those that
    stay as they are; `refuse_changes_outside` says the same to what is posted all the same. Form fields are named by
    the report's keys; others are left alone. What is empty stays open."""
    last, opened = report.last_return, report.reopened_keys
    for remark in last.remarks if last else []:
        if remark["key"] in form.fields:
            form.fields[remark["key"]].remark = remark["text"]
    for key, field in form.fields.items():
        is_empty = form.get_initial_for_field(field, key) in {None, ""}
        field.disabled = field.disabled or not (opened is None or key in opened or is_empty)
