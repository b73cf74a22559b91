"""The only writer of Excel workbooks. A sheet is described by data; text is written as text, so nothing in it can act.

`write_form` makes an official form of one table, `write_paper` one of several blocks, `write_list` a plain list,
`write_template` an upload template, `write_entry_tables` tables with open and locked cells, `mark_workbook` what is
wrong in somebody's own. All return the bytes of an .xlsx file, and the same input gives the same bytes. `write_long_list`
makes a plain list of a hundred thousand rows in the time that others take for some thousand.
"""

from fedwork.excel.blocks import Block, Box, Paper, head
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
from fedwork.excel.long import LongList, Sum, write_long_list
from fedwork.excel.marked import mark_workbook
from fedwork.excel.package import EPOCH
from fedwork.excel.paper import write_paper

__all__ = [
    "EPOCH",
    "HEADING_ROWS",
    "RECORDS",
    "Answer",
    "Block",
    "Box",
    "Column",
    "EntryCell",
    "EntryColumn",
    "EntryTable",
    "Form",
    "FormulaMismatchError",
    "Group",
    "Kind",
    "Line",
    "LongList",
    "Paper",
    "Sum",
    "head",
    "mark_workbook",
    "write_entry_tables",
    "write_form",
    "write_list",
    "write_long_list",
    "write_paper",
    "write_template",
]
