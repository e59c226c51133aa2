"""What reaches a terminal, and how it is laid out."""

import os
import re
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from rich.cells import cell_len

from accounts.models import User
from crm.console.language import language_of
from crm.console.tables import Column, show_table
from crm.console.terminal import Terminal, harmless
from crm.console.tests.talk import Typed, piped
from customers.models import Customer
from customers.tests.make import make_customer

# Everything but lines of what is shown: C0, DEL, C1, surrogates, separators, what turns the order.
COMMANDS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")
HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b31m",
    "back\x08\x08",
    "new\r\nline",
    "tab\there",
    "\u202egnp.exe",
    "\u2028\u2029",
    "\x00",
    "\udcff",
]
COLUMNS = [Column("Name"), Column("Email"), Column("Amount", is_amount=True)]


def drawn(width: int, *rows: tuple[str, str, str]) -> list[str]:
    said = StringIO()
    terminal = Typed(iter(()), said)
    with patch("crm.console.tables.width_of", return_value=width):
        show_table(terminal, COLUMNS, rows)
    return said.getvalue().splitlines()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_commands_a_terminal_is_shown(text: str) -> None:
    assert not COMMANDS.search(harmless(text))
    assert not COMMANDS.search("\n".join(drawn(80, (text, text, text)))[1:])


@pytest.mark.parametrize(
    "text", ["Muñoz", "山田太郎", "Ольга", "עברית", "O'Brien [bold]", ":smile:"]
)
def test_honest_text_is_shown_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert text in "\n".join(drawn(100, (text, "", "")))


def test_what_older_rows_hold_is_harmless_too(sam: User) -> None:
    make_customer(name="x", email="x@example.com")
    hostile = "\x1b[31mRed\r\n\x9b1A"
    with patch.object(Customer, "__str__", return_value=hostile):
        for choice in (("4",), ("2", "x@example.com"), ("5", "x@example.com")):
            said = piped(sam, *choice, "7")
            assert "Red" in said.text
            assert not COMMANDS.search(said.text)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = ("山田太郎" * 10, "a@b" * 30, "1.00"), ("Ana", "x", "12,345.00")
    assert max(cell_len(line) for line in drawn(width, *rows)) <= width


def test_amounts_end_in_one_column() -> None:
    lines = drawn(80, ("山田太郎", "a", "1.00"), ("Ana", "b", "12,345.00"))
    ends = {cell_len(line) for line in lines if line.endswith(".00")}
    assert len(ends) == 1


@pytest.mark.parametrize("width", [1, 10, 30])
def test_in_a_narrow_terminal_fields_stand_under_each_other(width: int) -> None:
    lines = drawn(width, ("Ana", "ana@example.com", "12,345.00"))
    assert lines[:3] == ["Name: Ana", "Email: ana@example.com", "Amount: 12,345.00"]


def test_a_pipe_s_lines_are_not_folded(sam: User) -> None:
    make_customer(name="Ana " * 30, email="ana@example.com")
    make_customer(name="Ana", address="A" * 500)
    said = piped(sam, "2", "ana", "7")
    assert any("A" * 500 in line for line in said.lines)
    assert not COMMANDS.search(said.text)


@pytest.mark.parametrize("rows", [24, 5, 50])
def test_a_page_fits_the_terminal(rows: int) -> None:
    with patch("shutil.get_terminal_size", return_value=os.terminal_size((80, rows))):
        assert 5 <= Typed(iter(()), StringIO()).page_size <= max(5, rows)


def test_the_last_line_of_a_pipe_needs_no_end() -> None:
    terminal = Terminal(StringIO("\ufeff7"), StringIO())
    assert terminal.ask("?") == "7"
    with pytest.raises(EOFError):
        terminal.ask("?")


def test_an_answer_is_not_endless() -> None:
    terminal = Terminal(StringIO("x" * 1_000_000 + "\nok\n"), StringIO())
    assert terminal.ask("?") == "ok"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "es_VE.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ru_RU"}, "ru"),
        ({"LANG": "en_US", "LC_ALL": "es_ES.UTF-8"}, "es"),
        ({"LANG": "en_US", "LC_MESSAGES": "es"}, "es"),
        ({"LC_ALL": "", "LANG": "es@euro"}, "es"),
        ({"LANG": "fr_FR.UTF-8"}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "../../etc"}, None),
        ({}, None),
    ],
)
def test_the_environment_tells_the_language(environment: dict[str, str], language: Any) -> None:
    assert language_of(environment) == language
