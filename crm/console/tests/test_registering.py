"""Menu item 1: a customer is registered."""

from unittest.mock import patch

import pytest
from django.db.models.query import QuerySet

from accounts.models import User
from crm.console.tests.talk import Talk, piped, typed
from customers.models import Customer
from customers.tests.make import make_customer

ANA = ("1", "Ana", "López", "ana@example.com", "0412-345 67 89", "Calle Mayor 5")


def register(actor: User, *answers: str) -> Talk:
    return typed(actor, "1", *answers)


def test_a_customer_is_registered_and_told_their_number(sam: User) -> None:
    said = piped(sam, *ANA, "7")
    ana = Customer.objects.get()
    assert (str(ana), ana.email) == ("Ana López", "ana@example.com")
    assert (ana.phone, ana.address) == ("+584123456789", "Calle Mayor 5")
    assert "✅ Usuario registrado exitosamente!" in said.lines
    assert f"ID asignado: USR{ana.pk:03d}" in said.lines
    assert any(line.startswith("Fecha de registro: ") for line in said.lines)
    assert said.code == 0


def test_the_questions_come_in_their_order(sam: User) -> None:
    said = piped(sam, *ANA, "7")
    asked = [line for line in said.lines if line.endswith(": ")]
    assert asked == [
        *("Seleccione una opción: ", "Nombre: ", "Apellidos: ", "Email: "),
        *("Teléfono (opcional): ", "Dirección (opcional): ", "Seleccione una opción: "),
    ]


def test_the_history_says_who_and_where(sam: User) -> None:
    piped(sam, *ANA)
    entry = Customer.objects.get().history.get()
    assert (entry.actor_name, entry.source) == ("sam", "console")
    assert entry.request_id


@pytest.mark.parametrize(
    "answers", [("", *ANA[1:]), ("Ana", "", *ANA[2:]), (*ANA[1:3], "", *ANA[3:])]
)
def test_what_is_obligatory_is_asked_again(sam: User, answers: tuple[str, ...]) -> None:
    said = register(sam, *answers)
    assert "❌ Nombre, apellidos y email son obligatorios." in said.lines
    assert Customer.objects.filter(name="Ana", surname="López", email=ANA[3]).exists()


def test_a_bad_email_is_asked_again_before_the_rest(sam: User) -> None:
    said = register(sam, "Ana", "López", "nonsense", *ANA[3:])
    assert said.lines.index("❌ Email no tiene un formato válido.") < said.lines.index(
        "Teléfono (opcional): "
    )
    assert Customer.objects.get().email == "ana@example.com"


def test_an_email_is_used_once_however_it_is_spelled(sam: User) -> None:
    make_customer(email="ANA@example.com")
    said = register(sam, "Ana", "López", "Ana@Example.com ", "other@example.com", "", "")
    assert "❌ Ya existe un usuario con ese email." in said.lines
    assert Customer.objects.filter(email="other@example.com").exists()


def test_whoever_loses_the_race_for_an_email_is_asked_for_another(sam: User) -> None:
    make_customer(email="ana@example.com")
    with patch.object(QuerySet, "exists", side_effect=[False, False]):
        said = register(sam, *ANA[1:], "other@example.com")
    assert "❌ Ya existe un usuario con ese email." in said.lines
    assert Customer.objects.get(name="Ana").email == "other@example.com"


@pytest.mark.parametrize("phone", ["12 ext. 4", "+584123456789"])
def test_nobody_is_lost_over_a_phone(sam: User, phone: str) -> None:
    make_customer(phone="+584123456789")
    said = register(sam, "Ana", "López", "ana@example.com", phone, "")
    ana = Customer.objects.get(name="Ana")
    assert (ana.phone, ana.phone_as_given) == (None, phone)
    assert "El teléfono se guarda tal como se escribió" in said.text


def test_what_is_optional_may_be_left_out(sam: User) -> None:
    register(sam, "Ana", "López", "ana@example.com", "", "")
    ana = Customer.objects.get()
    assert (ana.phone, ana.phone_as_given, ana.address) == (None, "", "")


@pytest.mark.parametrize("name", ["A\x1b[31mna", "A\x9bna", "\u202eana", "\udcff", "A" * 151])
def test_no_name_that_would_harm_a_terminal_is_stored(sam: User, name: str) -> None:
    said = register(sam, name, "Ana", "López", "ana@example.com", "", "")
    assert "❌" in said.text
    assert Customer.objects.get().name == "Ana"
