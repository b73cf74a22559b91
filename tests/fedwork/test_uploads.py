"""Uploaded CSV files of unfriendly shapes. Workbooks are tried out where lists are imported."""

import io
import tracemalloc

import pytest
from django.core.exceptions import ValidationError

from fedwork.uploads import MEGABYTE, read_csv


def read(text: bytes, max_rows: int = 2) -> list:
    return read_csv(io.BytesIO(text), max_rows=max_rows)


def test_blank_lines_at_the_end_do_not_count():
    assert read(b"a,b\n1,2\n3,4\n,\n\n\n") == [["a", "b"], ["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("text", [b"a\n1\n2\n3\n", b"a\n1\n2\n\n\n\n3\n"])
def test_a_line_too_many_is_refused_wherever_it_stands(text):
    with pytest.raises(ValidationError, match="表格超过 2 行"):
        read(text)


def test_a_file_of_line_feeds_does_not_fill_the_memory():
    data = io.BytesIO(b"\n" * MEGABYTE)
    tracemalloc.start()
    try:
        assert read_csv(data, max_rows=500) == []
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 20 * MEGABYTE
