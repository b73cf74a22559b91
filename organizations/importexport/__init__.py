"""Import and export of small lists in the admin: preview first, errors by line, everything through the actions.

A list is a `ListResource` (columns with Chinese headings, `write` that calls an action) and an admin class with
`ListImportExportMixin` in front of ScopedModelAdmin. Tens of thousands of divisions go by `import_divisions` instead.
"""

from organizations.importexport.modeladmin import ListImportExportMixin
from organizations.importexport.resources import Column, ListResource
from organizations.importexport.widgets import (
    AmountWidget,
    ChoiceWidget,
    DateWidget,
    NamedWidget,
    OrganizationWidget,
    TextWidget,
)

__all__ = [
    "AmountWidget",
    "ChoiceWidget",
    "Column",
    "DateWidget",
    "ListImportExportMixin",
    "ListResource",
    "NamedWidget",
    "OrganizationWidget",
    "TextWidget",
]
