"""Spreadsheets are read like CSV: values, not formulas, of the first sheet that is shown and not empty."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import datetime

import pytest
from graph_files import inspect, read, triples_of, zipped
from openpyxl import Workbook

from graphdnc.errors import CapacityError, GraphFileError, UsageError

ROWS = [["source", "relation", "target"], ["Bank", "line", "Köln"], ["Köln", "line", 2.0]]


def book(*sheets: list[list[object]], hidden: int | None = None) -> bytes:
    """Return a spreadsheet with sheets of rows; one of them may be hidden."""
    made = Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
        if number == hidden:
            sheet.sheet_state = "hidden"
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a spreadsheet with a text in one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new, 1)})


def test_triples_and_their_account():
    found = inspect(book([["A title"], [], *ROWS, ["Bank", "line", "Köln"]]))
    assert found.format == "xlsx"
    assert triples_of(found.graph) == {("Bank", "line", "Köln"), ("Köln", "line", "2")}
    left = {note.text: note.lines for note in found.account.left_out}
    assert left["a title above the table"] == [1]
    assert left["blank"] == [2]
    assert left["repeats an earlier triple"] == [6]
    assert found.account.read == 6


def test_a_person_a_row_with_dates_and_empty_columns():
    rows = [["", "Name", "Mother", "Born"], [None, "Ada", "Grace", datetime(1815, 12, 10)]]
    assert read(book(rows)) == {("Ada", "mother", "Grace"), ("Grace", "child", "Ada")}


def test_weights_and_headings_are_those_of_tables():
    found = inspect(book([["von", "nach", "Minuten"], ["A", "B", 2.5], ["B", "C", 3]]))
    assert triples_of(found.graph) == {("A", "edge", "B"), ("B", "edge", "C")}
    assert found.weights == ("Minuten",)


def test_other_sheets_are_named_and_hidden_ones_are_not_read():
    found = inspect(book([["secret", "is", "hidden"]], [], ROWS, [["x", "y", "z"]], hidden=0))
    assert triples_of(found.graph) == {("Bank", "line", "Köln"), ("Köln", "line", "2")}
    (note,) = [note for note in found.notes if note.doubtful]
    assert note.text.startswith(
        "read: the sheet 'Sheet 2'; not read: 'Sheet 3'; to read one of these, put it"
    )


def test_formulas_are_not_run():
    with pytest.raises(GraphFileError, match=r"formulas without a value: 1; .* open it in one and save it"):
        read(book([*ROWS, ["a", "r", "=A1"]]))
    data = book([*ROWS, ["a", "r", "=A1"]])
    with_value = changed(data, "xl/worksheets/sheet1.xml", b"<f>A1</f><v />", b"<f>A1</f><v>7</v>")
    assert ("a", "r", "7") in read(with_value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (book([[]]), "no sheet has cells with text"),
        (book(ROWS)[:-30], "a damaged zip"),
        (book([*ROWS, ["a", "", "b"]]), "line 4: the relation is empty"),
        (changed(book(ROWS), "xl/workbook.xml", b"<sheets>", b"<cheats>"), "a damaged spreadsheet"),
        (
            changed(book(ROWS), "xl/workbook.xml", b"<workbook", b"<!DOCTYPE x []><workbook"),
            "a document type",
        ),
        (zipped({"xl/workbook.xml": "<x/>"}), "a damaged spreadsheet"),
    ],
)
def test_damaged_spreadsheets(data, message):
    with pytest.raises(GraphFileError, match=message):
        read(data)


def test_what_is_no_spreadsheet(tmp_path):
    path = tmp_path / "map.xlsx"
    path.write_text("source,relation,target\na,r,b\n")
    with pytest.raises(
        GraphFileError, match=r"no spreadsheet of Excel \(.xlsx\); if it is text: --format csv"
    ):
        inspect(path.read_bytes(), format="xlsx")


def test_bombs_are_bounded(monkeypatch):
    wide = Workbook()
    wide.active.cell(row=1, column=16_000, value="x")
    data = io.BytesIO()
    wide.save(data)
    with pytest.raises(CapacityError, match="more than 10,000 columns"):
        read(data.getvalue())
    parts = {"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": " " * (65 << 20)}
    with pytest.raises(CapacityError, match="larger than 64 MiB"):
        read(zipped(parts))


def test_without_openpyxl_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        UsageError, match=r"not installed: pip install 'graphdnc\[xlsx\]', or save the sheet as CSV"
    ):
        read(book(ROWS))
