"""How the office types in the admin: amounts as people write them, days and months by the browser's pickers."""

from django.db import models

from fedwork.dates import DayInput, MonthField
from fedwork.numbers import NumberField


class OfficeInputs:
    """In front of a ModelAdmin or an inline. `month_fields` names the dates of which only the month counts."""

    month_fields: tuple[str, ...] = ()
    formfield_overrides = {models.DateField: {"widget": DayInput}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        words = {"label": db_field.verbose_name, "help_text": db_field.help_text, "required": not db_field.blank}
        if db_field.name in self.month_fields:
            return MonthField(**words)
        if isinstance(db_field, models.DecimalField):
            default = {"initial": db_field.default} if db_field.has_default() else {}
            return NumberField(decimal_places=db_field.decimal_places, **words, **default)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
