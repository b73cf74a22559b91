"""Refusals of an action on the form that asked for it."""

from django.core.exceptions import ValidationError


def tell(form, error: ValidationError) -> None:
    """The refusal beside its field where the form has it, else on top."""
    told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, sentences in told.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)
