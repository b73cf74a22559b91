"""Forms whose fields save themselves one by one (static/js/entry.js): what did this writer change, and from what?"""

from django import forms


class FieldwiseForm(forms.Form):
    """Each field brings along, hidden, what it held when the page was made (`show_hidden_initial`): what somebody else
    wrote meanwhile is no change of this writer's."""

    def touched(self) -> set[str]:
        """The fields that this writer changed and that were understood; a field in error keeps its stored value."""
        return {name for name in self.changed_data if self._is_posted(name) and name in self.cleaned_data}

    def _is_posted(self, name: str) -> bool:
        """A box that isn't ticked sends nothing, but what it held before comes along."""
        return self.add_prefix(name) in self.data or self._has_base(name)

    def _has_base(self, name: str) -> bool:
        return self.add_initial_prefix(name) in self.data

    def base(self) -> dict[str, object]:
        """What the touched fields held when their page was made, as far as the page says so."""
        return {name: self._base_of(name) for name in self.touched() if self._has_base(name)}

    def _base_of(self, name: str):
        raw = self.data[self.add_initial_prefix(name)]
        try:
            value = self.fields[name].clean(raw)
        except forms.ValidationError:
            return raw
        return one_line_end(value) if isinstance(value, str) else value


def one_line_end(text: str) -> str:
    """Browsers end lines in two characters; one will do, and keeps texts comparable."""
    return text.replace("\r\n", "\n")
