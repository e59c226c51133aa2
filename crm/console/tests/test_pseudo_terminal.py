"""The console as it is started: behind a terminal, and behind a pipe."""

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from accounts.tokens import open_session
from crm.console.identity import VARIABLE
from crm.console.tests.pseudo_terminal import (
    CTRL_C,
    CTRL_D,
    Conversation,
    command,
    conversation,
    environment,
    through_a_pipe,
)
from crm.console.tests.test_menu import QUESTIONS
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice, Status
from invoices.tests.make import make_company

MENU = "Seleccione una opción: "
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@pytest.fixture
def maria(transactional_db: None, settings: Any) -> User:
    """Of management; what she sees is committed, and her password no test's hash."""
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.HashedOnce"]
    make_company()
    return make_user("maria", role=Role.MANAGEMENT)


def sign_in(talk: Conversation) -> None:
    talk.answer("Contraseña: ", PASSWORD)


def test_all_seven_items_at_a_terminal(maria: User, tmp_path: Path) -> None:
    with conversation("--user", "maria", "--lang", "es", "--folder", str(tmp_path)) as talk:
        sign_in(talk)
        talk.expect("=== SISTEMA CRM ===")
        talk.answer(MENU, "9")
        talk.expect("❌ Opción inválida. Intente nuevamente.")
        _register(talk)
        _write_an_invoice(talk)
        talk.answer(MENU, "4")
        talk.expect("Total de usuarios registrados: 1")
        talk.answer(MENU, "5")
        talk.answer("Email del usuario", "ana@example.com")
        talk.expect("--- RESUMEN ---")
        talk.answer(MENU, "6")
        talk.expect("--- RESUMEN GENERAL ---")
        talk.answer(MENU, "7")
        talk.expect("¡Hasta pronto!")
        assert talk.end() == 0
        assert talk.is_as_before
        assert PASSWORD not in talk.heard
    assert len(list(tmp_path.glob("resumen_financiero_*.json"))) == 1
    assert Invoice.objects.get().status == Status.PAID
    assert {entry.source for entry in Customer.objects.get().history.all()} == {"console"}


def _register(talk: Conversation) -> None:
    talk.answer(MENU, "1")
    talk.answer("Nombre: ", "Ana")
    talk.answer("Apellidos: ", "")
    talk.expect("❌ Nombre, apellidos y email son obligatorios.")
    talk.answer("Apellidos: ", "Muñoz")
    talk.answer("Email: ", "nonsense")
    talk.expect("❌ Email no tiene un formato válido.")
    talk.answer("Email: ", "ana@example.com")
    talk.answer("Teléfono (opcional): ", "")
    talk.answer("Dirección (opcional): ", "Calle Mayor 5")
    talk.expect("✅ Usuario registrado exitosamente!")
    talk.expect("ID asignado: USR")
    talk.expect("Fecha de registro: ")
    talk.answer(MENU, "1")
    talk.answer("Nombre: ", "Ana")
    talk.answer("Apellidos: ", "Muñoz")
    talk.answer("Email: ", "ANA@example.com")
    talk.expect("❌ Ya existe un usuario con ese email.")
    talk.expect("Email: ")
    talk.press(CTRL_C)
    talk.answer(MENU, "2")
    talk.answer("Email, nombre o teléfono: ", "nobody")
    talk.expect("❌ Usuario no encontrado.")
    talk.answer(MENU, "2")
    talk.answer("Email, nombre o teléfono: ", "munoz")
    for heading in ("ID", "Nombre", "Email", "Teléfono", "Dirección", "Fecha de registro"):
        talk.expect(f"{heading}: ")


def _write_an_invoice(talk: Conversation) -> None:
    talk.answer(MENU, "3")
    talk.answer("Email del usuario", "ana@example.com")
    talk.answer("Descripción: ", "")
    talk.expect("❌ La descripción no puede estar vacía.")
    talk.answer("Descripción: ", "Diseño")
    talk.answer("Monto (EUR): ", "-1")
    talk.expect("❌ Monto inválido. Debe ser un número positivo.")
    talk.answer("Monto (EUR): ", "10")
    talk.answer("Estado (1 Pendiente, 2 Pagada, 3 Cancelada): ", "4")
    talk.expect("❌ Estado no válido.")
    talk.answer("Estado (1 Pendiente, 2 Pagada, 3 Cancelada): ", "2")
    for heading in ("Número", "Fecha de emisión", "Cliente", "Descripción", "Monto", "Estado"):
        talk.expect(f"{heading}: ")


@pytest.mark.any_database
def test_every_question_is_left_by_ctrl_c_and_ctrl_d(maria: User, tmp_path: Path) -> None:
    for number in range(40):  # more than a page
        name = "ada" if number < 2 else "eva"
        make_customer(name=name, email=f"{name}{number or ''}@example.com")
    with conversation("--user", "maria", "--lang", "es", "--folder", str(tmp_path)) as talk:
        sign_in(talk)
        for key in (CTRL_C, CTRL_D):
            for question, answers in QUESTIONS.items():
                talk.expect(MENU)
                talk.type("".join(f"{answer}\n" for answer in answers))
                talk.expect(question)
                talk.press(key)
                talk.expect("De vuelta al menú.")
        talk.expect(MENU)
        talk.press(CTRL_D)
        talk.expect("¡Hasta pronto!")
        assert talk.end() == 0
        assert talk.is_as_before
    assert Customer.objects.count() == 40
    assert not Invoice.objects.exists()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("key", "code"), [(CTRL_C, 130), (CTRL_D, 1), (signal.SIGTERM, 143)], ids=["^C", "^D", "TERM"]
)
def test_the_terminal_echoes_again_after_the_password(
    maria: User, key: str | signal.Signals, code: int
) -> None:
    with conversation("--user", "maria", "--lang", "es") as talk:
        talk.expect("Contraseña: ")
        if isinstance(key, str):
            talk.press(key)
        else:
            talk.send(key)
        assert talk.end() == code
        assert talk.is_as_before
        assert "Traceback" not in talk.heard


@pytest.mark.any_database
@pytest.mark.parametrize(("key", "code"), [(CTRL_C, 130), (signal.SIGTERM, 143)])
def test_the_terminal_is_in_order_after_the_menu(
    maria: User, key: str | signal.Signals, code: int
) -> None:
    with conversation("--user", "maria", LC_ALL="es_ES.UTF-8") as talk:
        sign_in(talk)
        talk.expect(MENU)
        if isinstance(key, str):
            talk.press(key)
        else:
            talk.send(key)
        assert talk.end() == code
        assert talk.is_as_before


@pytest.mark.any_database
def test_a_pipe_gets_plain_text_and_an_exit_code(maria: User, tmp_path: Path) -> None:
    token = open_session(maria)["access_token"]
    ana = ("1", "Ana", "López", "ana@example.com", "", "", "4", "6", "7")
    done = through_a_pipe("--folder", str(tmp_path), lines=ana, LANG="es", **{VARIABLE: token})
    assert done.returncode == 0, done.stderr
    assert not CONTROL.search(done.stdout)
    assert done.stdout.endswith("¡Hasta pronto!\n")
    assert done.stderr == ""
    assert Customer.objects.get().created_by == maria
    again = through_a_pipe(lines=ana[:5], LANG="es", **{VARIABLE: token})
    assert again.returncode == 1
    assert "❌ Ya existe un usuario con ese email." in again.stdout


@pytest.mark.any_database
def test_a_wrong_password_ends_it_with_a_sentence(maria: User) -> None:
    done = through_a_pipe("--user", "maria", "--lang", "en", lines=("wrong", "7"))
    assert done.returncode == 1
    assert done.stderr == "CommandError: Incorrect username or password.\n"


@pytest.mark.any_database
def test_a_reader_who_goes_away_is_no_error_of_ours(maria: User) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("--user", "maria"),
        input=f"{PASSWORD}\n7\n".encode(),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_server_that_restarts_is_told_only_in_the_middle_of_an_action(maria: User) -> None:
    with conversation("--user", "maria", "--lang", "es") as talk:
        sign_in(talk)
        talk.expect(MENU)
        lose_the_others_connections()
        talk.type("4\n")
        talk.expect("Total de usuarios registrados: 0")
        talk.answer(MENU, "3")
        talk.answer("Email del usuario", "nobody@example.com")
        talk.expect("❌ Usuario no encontrado.")
        talk.expect("Email del usuario")
        lose_the_others_connections()
        talk.type("nobody@example.com\n")
        if connection.vendor == "postgresql":
            talk.expect("❌ La base de datos está ocupada")
            talk.expect(MENU)
            talk.answer("", "4")
            talk.expect("Total de usuarios registrados: 0")
        assert "Traceback" not in talk.heard


def lose_the_others_connections() -> None:
    """End every other connection to PostgreSQL, as a restart does; SQLite has none to lose."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
