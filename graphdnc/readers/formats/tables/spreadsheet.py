"""Spreadsheets of Excel and LibreOffice (.xlsx), read by openpyxl, which is an optional package.

The first sheet that is shown and not empty is read, like CSV. Only values are read: a formula is not run, and
has the value that was saved with it. Rows above the table with a single cell are titles; empty columns are
dropped.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from graphdnc.errors import GraphDNCError, UsageError
from graphdnc.readers.archive import open_zip
from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import MAX_LINES, TITLE, Comments, Row
from graphdnc.readers.formats.tables.people import read_table
from graphdnc.readers.formats.tables.rows import SAMPLE, WIDEST, Rows
from graphdnc.readers.notes import BLANK, Notes
from graphdnc.readers.source import DAMAGED, MAX_BYTES, Content, Place
from graphdnc.utils.text import join_quoted, one_line, quote

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_MAX_CELLS = 20_000_000
# a cell with a formula and without a value
_UNSAVED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges in the first sheet of a spreadsheet.

    Raises:
        GraphFileError: it is damaged, it is no spreadsheet, or a row is wrong.
        CapacityError: it unpacks to more than a graph may have.
        UsageError: openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        needed = "a spreadsheet needs openpyxl, which is not installed: pip install 'graphdnc[xlsx]'"
        raise UsageError(f"{needed}, or save the sheet as CSV") from None
    place = content.place
    _check_parts(content)
    try:
        with warnings.catch_warnings(action="ignore"):  # about charts and styles, which are not read
            book = load_workbook(io.BytesIO(content.data), read_only=True, data_only=True, keep_links=False)
            rows = _first_table(place, book, notes)
    except GraphDNCError:
        raise
    except Exception as error:  # whatever a part lacks that openpyxl needs
        place.wrong(f"a damaged spreadsheet ({one_line(error) or 'damaged'}); open it and save it again")
    if not rows:
        place.wrong("no sheet has cells with text; write one triple a row: source, relation, target")
    table = Rows(place, lambda counted: iter(rows), Comments(","), rows[:SAMPLE], content.means)
    return read_table(table, columns, notes)


def _check_parts(content: Content) -> None:
    """Check the parts of the file before openpyxl unpacks them.

    Raises:
        GraphFileError: it is no spreadsheet, is damaged, or has formulas without values.
        CapacityError: it is too large.
    """
    place, unsaved = content.place, 0
    if not content.is_spreadsheet:
        place.wrong("this is no spreadsheet of Excel (.xlsx); if it is text: --format csv")
    open_zip(content)  # which checks the names and sizes of the parts
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
        if sum(part.file_size for part in parts) > MAX_BYTES:
            place.too_large(f"its sheets are larger than {MAX_BYTES >> 20} MiB")
        for part in parts:
            try:
                data = archive.read(part)
            except DAMAGED as error:
                place.wrong(f"a damaged spreadsheet ({one_line(error)}); download the file again")
            if _DOCTYPE.search(data.replace(b"\0", b"")):
                place.wrong(f"its part {quote(part.filename)} declares a document type; save it again")
            if "worksheets/" in part.filename:
                unsaved += len(_UNSAVED.findall(data))
    if unsaved:
        said = f"formulas without a value: {unsaved:,}; no spreadsheet program has saved the file"
        place.wrong(f"{said}; open it in one and save it")


def _first_table(place: Place, book: Workbook, notes: Notes) -> list[Row]:
    """Return the rows of the first sheet that is shown and not empty; note the others."""
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    found: list[Row] = []
    others = []
    for sheet in shown:
        rows = [] if found else _rows(place, sheet, notes)
        if found:
            others.append(sheet.title)
        elif rows:
            found = rows
            used = sheet.title
    if others:
        said = f"read: the sheet {quote(used)}; not read: {join_quoted(others)}"
        notes.add(f"{said}; to read one of these, put it first or save it as CSV", doubtful=True)
    return found


def _rows(place: Place, sheet: Any, notes: Notes) -> list[Row]:
    """Return the rows of a sheet that have text, all of the same width."""
    sheet.reset_dimensions()  # what the file says about its size may be wrong
    rows: list[Row] = []
    blank, cells = [], 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells += len(values) + 1
        if len(values) > WIDEST or cells > _MAX_CELLS or number > MAX_LINES:
            place.too_large(f"a sheet of more than {WIDEST:,} columns or {_MAX_CELLS:,} cells")
        fields = [_text(value) for value in values]
        while fields and not fields[-1].strip():
            del fields[-1]
        if fields:
            rows.append((number, fields))
        else:
            blank.append(number)
    if not rows:
        return []
    last = rows[-1][0]
    notes.account.read += last
    for number in blank:
        if number < last:
            notes.leave(BLANK, number)
    return _squared(_without_titles(rows, notes))


def _without_titles(rows: list[Row], notes: Notes) -> list[Row]:
    """Return rows without those above the table that have a single cell with text."""
    begins = next((at for at, (_, fields) in enumerate(rows) if sum(map(bool, fields)) > 1), 0)
    for number, _ in rows[:begins]:
        notes.leave(TITLE, number, missed=True)
    return rows[begins:]


def _squared(rows: list[Row]) -> list[Row]:
    """Return rows of the same width, without columns that are empty in all."""
    width = max(len(fields) for _, fields in rows)
    used = sorted({at for _, fields in rows for at, text in enumerate(fields) if text.strip()})
    return [(number, [(fields + [""] * (width - len(fields)))[at] for at in used]) for number, fields in rows]


def _text(value: object) -> str:
    """Return the value of a cell as it is shown.

    >>> _text(2.0), _text(True), _text(datetime(1850, 3, 12)), _text(None)
    ('2', 'TRUE', '1850-03-12', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
    return str(value).strip()
