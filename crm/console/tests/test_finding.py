"""Menu items 2 and 4: customers are found and listed."""

from typing import Any
from unittest.mock import patch

import pytest

from accounts.models import User
from crm.console.desk import pages
from crm.console.tests.talk import CTRL_C, piped, typed
from customers.models import Customer
from customers.tests.make import make_customer

NOT_FOUND = "❌ Usuario no encontrado."


@pytest.fixture
def ana(db: None) -> Customer:
    return make_customer(
        name="Ána",
        surname="López",
        email="ana@example.com",
        phone="0412-345 67 89",
        address="Calle Mayor 5",
    )


@pytest.mark.parametrize(
    "text", ["ana@example.com", "ANA@Example.com", "ana", "lopez ANA", "(0412) 3456789", "López"]
)
def test_one_is_shown_with_everything(sam: User, ana: Customer, text: str) -> None:
    said = piped(sam, "2", text, "7")
    assert f"ID: USR{ana.pk:03d}" in said.lines
    for line in ("Nombre: Ána López", "Email: ana@example.com", "Teléfono: +584123456789"):
        assert line in said.lines
    assert "Dirección: Calle Mayor 5" in said.lines
    assert any(line.startswith("Fecha de registro: ") for line in said.lines)
    assert said.code == 0


def test_the_number_on_the_screen_finds_them(sam: User, ana: Customer) -> None:
    assert "Nombre: Ána López" in piped(sam, "2", f"usr{ana.pk:03d}", "7").lines


def test_all_who_match_are_shown(sam: User) -> None:
    for surname in ("López", "Pérez"):
        make_customer(name="Ana", surname=surname)
    said = piped(sam, "2", "ana", "7")
    assert "Ana López" in said.text
    assert "Ana Pérez" in said.text


@pytest.mark.parametrize("text", ["nobody@example.com", "nobody", "", "!!!", "%", "USR999999"])
def test_nobody_is_found(sam: User, ana: Customer, text: str) -> None:
    assert NOT_FOUND in piped(sam, "2", text, "7").lines


def test_who_is_archived_is_not_found(sam: User, ana: Customer) -> None:
    ana.archive()
    assert NOT_FOUND in piped(sam, "2", "ana@example.com", "7").lines
    assert "Total de usuarios registrados: 0" in piped(sam, "4", "7").lines


def test_everybody_is_listed_with_a_number_and_counted(sam: User) -> None:
    for name in ("Ana", "Eva"):
        make_customer(name=name)
    said = piped(sam, "4", "7")
    [first], [second] = ([line for line in said.lines if name in line] for name in ("Ana", "Eva"))
    assert (first.split()[0], second.split()[0]) == ("1", "2")
    assert "Total de usuarios registrados: 2" in said.lines


def test_nobody_is_told_as_well(sam: User) -> None:
    assert "No hay usuarios registrados." in piped(sam, "4", "7").lines


@pytest.mark.parametrize(
    ("answer", "seen"), [("", 3), ("q", 2), ("Q", 2), (CTRL_C, 2)], ids=["enter", "q", "Q", "^C"]
)
def test_a_long_list_is_shown_by_pages(sam: User, answer: Any, seen: int) -> None:
    for number in range(3):
        make_customer(name=f"Person-{number}")
    with patch("crm.console.tests.talk.Typed.page_size", 2):
        said = typed(sam, "4", answer)
    assert said.text.count("Person-") == seen
    assert "Enter muestra más, q vuelve: " in said.lines


def test_a_full_last_page_is_no_reason_to_ask(sam: User) -> None:
    for _ in range(2):
        make_customer()
    with patch("crm.console.tests.talk.Typed.page_size", 2):
        assert "Enter" not in typed(sam, "4").text


@pytest.mark.parametrize("size", [1, 2, 3, 4, 200])
def test_pages_hold_everybody_once(db: None, size: int) -> None:
    made = [make_customer().pk for _ in range(4)]
    found = [one.pk for page in pages(Customer.objects.all(), size) for one in page]
    assert found == made
