"""Lists that people upload: an Excel workbook or a CSV file, checked before anything opens it.

Everything raises `ValidationError` with a Chinese sentence that says what to do.
"""

import csv
import io
import re
import struct
import warnings
import zipfile
from itertools import islice

import openpyxl
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE
MAX_UNPACKED = 20 * MEGABYTE  # openpyxl reads styles and shared texts whole, at many times their size
MAX_ENTRIES = 500
MAX_RATIO = 200
MAX_COLUMNS = 100
MAX_TABS = 10
MAX_CELLS = 200_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password

# What a spreadsheet would take for a formula; a CSV cell carries an apostrophe in front (see fedwork.lists).
GUARDED = re.compile(r"'+[=+\-@\t\r]")


class BoundedUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers: a request that says it is larger than all we ever take is not read at all.

    The body is parsed before anybody asks who sent it, so this is the only place that can keep the disk from filling.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803, Django's name
        if content_length > settings.REQUEST_MAX_MB * MEGABYTE:
            raise RequestDataTooBig(f"一次最多上传 {settings.REQUEST_MAX_MB} MB，请分几次上传。")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None


def check_workbook(file) -> None:
    """Refuse what is not an .xlsx workbook of reasonable size. Reads the zip directory only; `file` is left at 0."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size > MAX_BYTES:
        raise ValidationError(f"文件有 {size / MEGABYTE:.1f} MB，超过 {MAX_BYTES // MEGABYTE} MB，请分成几个文件上传。")
    if file.read(4) == OLD_EXCEL:
        raise ValidationError("这是旧版 .xls 或加了密码的表格，请用 WPS 或 Excel 打开，“另存为”不加密的 .xlsx 再上传。")
    if "[Content_Types].xml" not in package_entries(file):
        raise ValidationError("这个压缩包不是 Excel 表格，请上传 .xlsx 文件。")
    file.seek(0)


def package_entries(file, *, max_unpacked: int = MAX_UNPACKED, max_entries: int = MAX_ENTRIES) -> set[str]:
    """Names of the parts of an Office document, from its zip directory alone; refuses what is broken, encrypted or
    would unpack to too much."""
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error) as error:
        raise ValidationError(
            "这不是 .xlsx 表格或 .docx 文档，或者文件已损坏，请用 WPS 或 Office “另存为”后再上传。"
        ) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise ValidationError("文件加了密码，请去掉密码后再上传。")
    bloated = any(
        entry.file_size > MEGABYTE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1) for entry in entries
    )
    if bloated or len(entries) > max_entries or sum(entry.file_size for entry in entries) > max_unpacked:
        raise ValidationError("文件展开后过大，请删去空白行列和图片，把内容复制到新文件后再上传。")
    return {entry.filename for entry in entries}


def read_workbook(file, *, max_rows: int) -> list[list]:
    """Cell values of the first sheet, the heading row first; formulas as last calculated. Rows stay where they were:
    a blank row comes as a list of None. More than `max_rows` rows below the heading are refused."""
    check_workbook(file)
    try:
        # WPS writes extensions that openpyxl warns about; nobody could act on the warning.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = _first_sheet(file, last_row=max_rows + 2)
    except Exception as error:  # a damaged workbook fails in openpyxl in any number of ways
        raise ValidationError("读不懂这个表格，可能已损坏，请用 WPS 或 Excel “另存为”.xlsx 再上传。") from error
    return _within(rows, max_rows)


def _first_sheet(file, *, last_row: int) -> list[list]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # the size that a file claims for itself is often wrong
    cells = sheet.iter_rows(min_row=1, max_row=last_row, max_col=MAX_COLUMNS, values_only=True)
    return [[_without_nul(value) for value in row] for row in cells]


def read_tabs(file, *, max_rows: int) -> dict[str, list[list]]:
    """Cell values of every tab by its name, from the first row; a row ends with its last cell. A percentage is read as
    it is shown: 60, not 0.6."""
    check_workbook(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            return {sheet.title: _shown(sheet, max_rows) for sheet in book.worksheets[:MAX_TABS]}
    except ValidationError:
        raise
    except Exception as error:  # a damaged workbook fails in openpyxl in any number of ways
        raise ValidationError("读不懂这个表格，可能已损坏，请用 WPS 或 Excel “另存为”.xlsx 再上传。") from error


def _shown(sheet, max_rows: int) -> list[list]:
    sheet.reset_dimensions()
    rows, cells = [], 0
    for row in sheet.iter_rows(max_row=max_rows):
        cells += len(row)
        if cells > MAX_CELLS:
            raise ValidationError("表格太大，请删去空白行列，或者重新下载模板再填。")
        rows.append([_as_shown(cell) for cell in row])
    return rows


def _as_shown(cell):
    value = _without_nul(cell.value)
    is_percentage = isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or "")
    return round(value * 100, 4) if is_percentage else value


def read_csv(file, *, max_rows: int) -> list[list[str]]:
    """Cells of a comma-separated file in UTF-8 or GB 18030, the heading row first."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(f"文件超过 {MAX_BYTES // MEGABYTE} MB，请分成几个文件上传。")
    try:
        lines = csv.reader(io.StringIO(decode(data), newline=""))
        rows = [[_unguarded(_without_nul(cell)) for cell in row[:MAX_COLUMNS]] for row in islice(lines, max_rows + 1)]
        # The rest is only looked through, not kept: five million blank lines would fill the memory.
        is_too_long = any(map(any, lines))
    except csv.Error as error:
        raise ValidationError("读不懂这个 CSV 文件，请用 WPS 或 Excel “另存为”.xlsx 再上传。") from error
    if is_too_long:
        raise _too_many(max_rows)
    return _within(rows, max_rows)


def decode(data: bytes) -> str:
    for encoding in ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("看不懂文件的编码，请“另存为”UTF-8 编码的 CSV，或者 .xlsx。")


def _within(rows: list[list], max_rows: int) -> list[list]:
    while rows and all(cell in (None, "") for cell in rows[-1]):
        rows.pop()
    if len(rows) > max_rows + 1:
        raise _too_many(max_rows)
    return rows


def _too_many(max_rows: int) -> ValidationError:
    return ValidationError(f"表格超过 {max_rows} 行，请分成几个文件上传。")


def _without_nul(value):
    return value.replace("\x00", "") if isinstance(value, str) else value


def _unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell
