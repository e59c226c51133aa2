"""Tables and lists of fields: aligned, and as wide as the terminal is."""

import os
import shutil
from collections.abc import Sequence
from io import StringIO
from typing import Any, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.console.terminal import Terminal, harmless

BETWEEN = 3  # columns of a terminal
NARROWEST = 14  # a column in which words are still read
UNBOUNDED = 20_000  # so that a pipe's lines are not folded


class Column(NamedTuple):
    """A column's heading; an amount stands at the right and is not folded."""

    heading: Any
    is_amount: bool = False


def show_table(
    terminal: Terminal, columns: Sequence[Column], rows: Sequence[Sequence[Any]]
) -> None:
    """Show ``rows`` as a table, or one field under another where the table would not fit."""
    texts = [[harmless(str(value)) for value in row] for row in rows]
    headings = [harmless(str(column.heading)) for column in columns]
    width = width_of(terminal)
    if least_width(columns, [headings, *texts]) > width:
        for row in texts:
            show_fields(terminal, list(zip(headings, row, strict=True)))
            terminal.say()
        return
    knows_unicode = (
        (getattr(terminal.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    )
    lines = box.SIMPLE_HEAD if knows_unicode else box.ASCII
    _print(terminal, _table(columns, headings, texts, lines), width)


def least_width(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns of a terminal a table of ``rows`` needs: only texts are folded."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(
        BETWEEN + (width if column.is_amount else min(width, NARROWEST))
        for column, width in zip(columns, widths, strict=True)
    )


def show_fields(terminal: Terminal, fields: Sequence[tuple[Any, Any]]) -> None:
    """Show ``Heading: value``, a line for each."""
    for heading, value in fields:
        terminal.say(f"{heading}: {value}")


def width_of(terminal: Terminal) -> int:
    if terminal.interactive:
        return shutil.get_terminal_size().columns
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) else UNBOUNDED


def _table(
    columns: Sequence[Column],
    headings: Sequence[str],
    texts: Sequence[Sequence[str]],
    lines: box.Box,
) -> Table:
    table = Table(box=lines, show_edge=False, pad_edge=False)
    for column, heading in zip(columns, headings, strict=True):
        table.add_column(
            Text(heading),
            justify="right" if column.is_amount else "left",
            no_wrap=column.is_amount,
            overflow="fold",
        )
    for row in texts:
        table.add_row(*map(Text, row))  # Text: what looks like markup is none
    return table


def _print(terminal: Terminal, table: Table, width: int) -> None:
    drawn = StringIO()
    Console(file=drawn, width=width, color_system=None, emoji=False, highlight=False).print(table)
    for line in drawn.getvalue().splitlines():
        terminal.say(line.rstrip())
