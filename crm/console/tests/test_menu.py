"""The menu: choices, rights, and what goes wrong."""

import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import User
from accounts.roles import Role
from crm.base.errors import Forbidden
from crm.console.tests.talk import CTRL_C, CTRL_D, piped, typed
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice
from invoices.tests.make import make_company

ANA = ("Ana", "López", "ana@example.com", "", "")
BILL = ("ada@example.com", "Logo", "5")
# Every question, and the answers that lead to it.
QUESTIONS = {
    "Nombre: ": ("1",),
    "Apellidos: ": ("1", *ANA[:1]),
    "Email: ": ("1", *ANA[:2]),
    "Teléfono (opcional): ": ("1", *ANA[:3]),
    "Dirección (opcional): ": ("1", *ANA[:4]),
    "Email, nombre o teléfono: ": ("2",),
    "Email del usuario (o nombre, teléfono, ID): ": ("3",),
    "Número: ": ("3", "ada"),
    "Descripción: ": ("3", *BILL[:1]),
    "Monto (EUR): ": ("3", *BILL[:2]),
    "Estado (1 Pendiente, 2 Pagada, 3 Cancelada): ": ("3", *BILL),
    "Enter muestra más, q vuelve: ": ("4",),
}


class Nobody:
    """May do nothing."""

    pk = 0
    actor_name = "nobody"
    actor_role = "api_key"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False


@pytest.fixture
def two_pages(db: None) -> Iterator[None]:
    """Two customers whom a page each shows."""
    make_company()
    make_customer(name="Ada", email="ada@example.com")
    make_customer(name="Ada")
    with patch("crm.console.tests.talk.Typed.page_size", 1):
        yield


def test_the_menu_has_seven_items(sam: User) -> None:
    said = piped(sam, "7").lines
    start = said.index("=== SISTEMA CRM ===")
    assert said[start + 1 : start + 9] == [
        "1. Registrar nuevo usuario",
        "2. Buscar usuario",
        "3. Crear factura para usuario",
        "4. Mostrar todos los usuarios",
        "5. Mostrar facturas de un usuario",
        "6. Resumen financiero por usuario",
        "7. Salir",
        "Seleccione una opción: ",
    ]
    assert said[-1] == "¡Hasta pronto!"


@pytest.mark.parametrize("answer", ["", "0", "8", "-1", "x", "1.0", "¹", "9" * 5000, "\x1b[A"])
def test_another_answer_is_asked_again(sam: User, answer: str) -> None:
    said = piped(sam, answer, "7")
    assert "❌" in said.text
    assert said.lines[-1] == "¡Hasta pronto!"
    assert said.code == 1  # for a script


def test_the_message_for_a_wrong_option(sam: User) -> None:
    assert "❌ Opción inválida. Intente nuevamente." in typed(sam, "9").lines


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_other_languages_have_the_same_menu(sam: User, language: str) -> None:
    said = piped(sam, "7", language=language)
    title, farewell = {
        "en": ("=== CRM SYSTEM ===", "See you soon!"),
        "ru": ("=== СИСТЕМА CRM ===", "До встречи!"),
    }[language]
    assert title in said.lines
    assert said.lines[-1] == farewell


@pytest.mark.parametrize("choice", "123456")
def test_what_the_role_does_not_allow_is_refused(db: None, choice: str) -> None:
    make_customer(name="Secret")
    said = piped(Nobody(), choice, "7", language="en")
    assert f"❌ {Forbidden.detail}" in said.lines
    assert "Secret" not in said.text
    assert said.code == 1


@pytest.mark.usefixtures("two_pages")
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["^C", "^D"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_any_question_can_be_left(maria: User, key: BaseException, question: str) -> None:
    said = typed(maria, *QUESTIONS[question], key)
    assert said.lines[said.lines.index("De vuelta al menú.") - 2] == question
    assert said.lines.count("De vuelta al menú.") == 1
    assert said.lines[-1] == "¡Hasta pronto!"
    assert said.code == 0
    assert Customer.objects.count() == 2
    assert not Invoice.objects.exists()


@pytest.mark.usefixtures("two_pages")
@pytest.mark.parametrize("answers", [("5",), ("5", "ada"), ("6",)], ids=" ".join)
def test_the_same_questions_elsewhere(maria: User, answers: tuple[str, ...]) -> None:
    assert "De vuelta al menú." in typed(maria, *answers, CTRL_C).lines


@pytest.mark.parametrize(("key", "code"), [(CTRL_C, 130), (CTRL_D, 0)], ids=["^C", "^D"])
def test_the_menu_too(sam: User, key: BaseException, code: int) -> None:
    said = typed(sam, key)
    assert (said.lines[-1], said.code) == ("¡Hasta pronto!", code)


def test_a_pipe_that_ends_at_the_menu_ends_well(sam: User) -> None:
    assert piped(sam).code == 0


def test_a_pipe_that_ends_within_an_action_does_not(sam: User) -> None:
    said = piped(sam, "1", "Ana")
    assert "❌ La entrada terminó a mitad de una acción." in said.lines
    assert said.code == 1
    assert not Customer.objects.exists()


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_lost_database_is_told_and_the_menu_comes_back(sam: User, error: Exception) -> None:
    with patch.object(Customer, "save", side_effect=error):
        said = typed(sam, "1", *ANA, "4")
    assert "❌ La base de datos está ocupada" in said.text
    assert "Total de usuarios registrados: 0" in said.lines
    assert said.code == 0


def test_an_action_that_fails_stores_nothing_of_it(maria: User) -> None:
    make_company()
    make_customer(email="ana@example.com")
    with patch.object(Invoice, "record_payment", side_effect=OperationalError("gone")):
        said = typed(maria, "3", "ana@example.com", "Logo", "5", "2", "4")
    assert "❌ La base de datos está ocupada" in said.text
    assert not Invoice.objects.exists()


def test_a_defect_of_ours_is_logged_under_a_reference(
    sam: User, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(Customer, "save", side_effect=ZeroDivisionError("secret")):
        said = typed(sam, "1", *ANA, "4")
    assert "❌ Algo salió mal; no se guardó nada. Referencia: " in said.text
    assert "secret" not in said.text
    assert "Total de usuarios registrados: 0" in said.lines
    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert record.exc_info


def test_rights_are_asked_anew_before_every_action(maria: User) -> None:
    make_company()
    make_customer(email="ana@example.com")
    roles = iter([Role.MANAGEMENT, Role.SALES])

    def identify() -> User:
        maria.role = next(roles)
        return maria

    written = ("3", "ana@example.com", "Logo", "5")
    said = typed(identify, *written, "1", *written)
    assert "Estado: Pendiente" in said.lines
    assert "Estado: Borrador" in said.lines


def test_whoever_is_signed_out_has_to_leave(db: None) -> None:
    def identify() -> User:
        raise AuthenticationFailed("Fuera.")

    said = typed(identify, "4", "4")
    assert said.text.count("❌ Fuera.") == 1
    assert said.code == 1
