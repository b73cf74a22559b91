"""A form that was understood goes through an action; what the action refuses stands in the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


def carry_out(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What `act` returns; None when the form isn't valid or the action refuses."""
    if not form.is_valid():
        return None
    try:
        return act()
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, sentences in told.items():
            form.add_error(field if field in form.fields else None, sentences)
        return None


def status_of(form: forms.Form) -> int:
    """Of the page that shows the form again."""
    return 422 if form.errors else 200
