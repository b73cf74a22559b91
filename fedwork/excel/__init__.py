"""The only writer of Excel workbooks. A sheet is described by data; text is written as text, so nothing in it can act.

`write_form` makes an official form, `write_list` a plain list, `write_template` an upload template, and
`write_entry_tables` tables with open and locked cells. All return the bytes of an .xlsx file, and the same input gives the same bytes.
"""

from fedwork.excel.cells import Column, Kind
from fedwork.excel.entry import (
    HEADING_ROWS,
    RECORDS,
    Answer,
    EntryCell,
    EntryColumn,
    EntryTable,
    write_entry_tables,
)
from fedwork.excel.form import Form, FormulaMismatchError, Group, Line, write_form
from fedwork.excel.lists import write_list, write_template
from fedwork.excel.package import EPOCH

__all__ = [
    "EPOCH",
    "HEADING_ROWS",
    "RECORDS",
    "Answer",
    "Column",
    "EntryCell",
    "EntryColumn",
    "EntryTable",
    "Form",
    "FormulaMismatchError",
    "Group",
    "Kind",
    "Line",
    "write_entry_tables",
    "write_form",
    "write_list",
    "write_template",
]
