"""000, users and invoices for programs with a key, as its README tells and its clients expect."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import time_machine

from accounts.models import ApiKeyUse
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat import arrays
from crm.compat.models import LegacyId
from crm.compat.tests.samples_console_crm import LUCIA, WEB
from crm.tests.clients import ApiClient, with_key
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice, Kind
from invoices.tests.make import make_company, make_draft, make_invoice

ROOT = "/compat/console-crm"
NOON = datetime(2026, 2, 11, 12, tzinfo=UTC)
SCOPES = [
    *(Scope.CUSTOMERS_ADD, Scope.CUSTOMERS_READ, Scope.REPORTS_READ),
    *(Scope.INVOICES_READ, Scope.INVOICES_WRITE),
]
CREATED = "✅ Usuario Lucía Martínez creado correctamente."


@pytest.fixture
def program(db: None) -> ApiClient:
    """What an external system sends: a key that may do all that the service does."""
    return with_key(make_key(name="tienda", scopes=SCOPES))


@pytest.fixture
def lucia(db: None) -> Customer:
    make_company()
    return make_customer(name="Lucía", surname="Martínez", email=LUCIA["email"])


def create(program: ApiClient, **values: Any) -> Any:
    return program.post(f"{ROOT}/usuarios", LUCIA | values)


def bill(program: ApiClient, **values: Any) -> Any:
    return program.post(f"{ROOT}/facturas", WEB | values)


def assert_refused(response: Any, status: int, text: str) -> None:
    assert (response.status_code, response.json()) == (status, {"detail": text})


def assert_missing(response: Any, *names: str, place: str = "body") -> None:
    assert response.status_code == 422
    rows = [{"loc": [place, name], "msg": "Field required", "type": "missing"} for name in names]
    assert response.json() == {"detail": rows}


# --- Users ---------------------------------------------------------------------------------------


def test_the_example_of_the_readme_is_answered_as_printed(program: ApiClient) -> None:
    told = {"usuarios_creados_hoy_con_esta_clave": 1, "limite_diario": 35}
    response = create(program)
    assert (response.status_code, response.json()) == (200, {"message": CREATED, **told})
    assert response.headers["RateLimit"].startswith('"daily";r=34;')
    customer = Customer.objects.get()
    assert (customer.phone, customer.phone_as_given) == (None, "+34...")


@pytest.mark.parametrize("form", ["json", "multipart", "urlencoded", "query"])
def test_values_come_in_the_body_or_in_the_query(program: ApiClient, form: str) -> None:
    text = "&".join(f"{name}={value}" for name, value in LUCIA.items()).replace("+", "%2B")
    if form == "query":
        response = program.post(f"{ROOT}/usuarios/?{text}")
    elif form == "urlencoded":
        kind = "application/x-www-form-urlencoded"
        response = program.generic("POST", f"{ROOT}/usuarios", text, content_type=kind)
    else:
        response = program.post(f"{ROOT}/usuarios", LUCIA, format=form)
    assert (response.status_code, response.json()["message"]) == (200, CREATED)
    assert Customer.objects.get().phone_as_given == "+34..."


def test_a_request_without_the_header_is_a_422(api: ApiClient, as_alice: ApiClient) -> None:
    for nobody in (api, as_alice):
        assert_missing(create(nobody), "x-api-key", place="header")
        for path in ("usuarios", "facturas", "reportes"):
            assert_missing(nobody.get(f"{ROOT}/{path}"), "x-api-key", place="header")


@pytest.mark.parametrize("text", ["key1", "", "crm_" + "0" * 48])
def test_an_unknown_key_is_a_403(db: None, text: str) -> None:
    stranger = ApiClient()
    stranger.credentials(HTTP_X_API_KEY=text)
    assert_refused(create(stranger, email="x"), 403, "🔐 Clave API inválida o ausente")


def test_a_key_may_do_what_its_scopes_say(db: None, lucia: Customer) -> None:
    text = "🔐 La clave API no permite esta operación"
    usual = with_key(make_key())
    assert create(usual, email="otra@email.com").status_code == 200
    billing = with_key(make_key(scopes=[Scope.INVOICES_READ, Scope.INVOICES_WRITE]))
    for client in (usual, billing):
        assert_refused(client.get(f"{ROOT}/usuarios?email={lucia.email}"), 403, text)
        assert_refused(bill(client), 403, text)
        assert_refused(client.get(f"{ROOT}/facturas?email={lucia.email}"), 403, text)
        assert_refused(client.get(f"{ROOT}/reportes"), 403, text)


def test_a_used_up_quota_is_told_before_anything_is_read(db: None) -> None:
    program = with_key(make_key(daily_limit=2))
    used = [create(program, email=f"{n}@email.com").json() for n in range(2)]
    assert [row["usuarios_creados_hoy_con_esta_clave"] for row in used] == [1, 2]
    assert used[0]["limite_diario"] == 2
    text = "🚫 Límite diario de 2 usuarios alcanzado para esta clave"
    for body in (LUCIA, {}, {"nombre": ""}):
        response = program.post(f"{ROOT}/usuarios", body)
        assert_refused(response, 429, text)
        assert int(response.headers["Retry-After"]) > 0
    unreadable = program.generic("POST", f"{ROOT}/usuarios", b"{", "application/json")
    assert_refused(unreadable, 429, text)


def test_what_fails_does_not_count_and_a_replay_neither(db: None) -> None:
    program = with_key(make_key(daily_limit=1))
    assert create(program, nombre="").status_code == 400
    once = program.post(f"{ROOT}/usuarios", LUCIA, HTTP_IDEMPOTENCY_KEY="one")
    again = program.post(f"{ROOT}/usuarios", LUCIA, HTTP_IDEMPOTENCY_KEY="one")
    assert once.status_code == again.status_code == 200
    assert once.json() == again.json()
    assert ApiKeyUse.objects.get().used == 1


@pytest.mark.parametrize("name", ["nombre", "apellidos", "email"])
def test_what_is_empty_is_a_400_and_what_is_absent_a_422(program: ApiClient, name: str) -> None:
    for empty in ("", "  ", None):
        assert_refused(create(program, **{name: empty}), 400, "❌ Faltan campos obligatorios")
    body = {key: value for key, value in LUCIA.items() if key != name}
    assert_missing(program.post(f"{ROOT}/usuarios", body), name)
    # Also beside something that is wrong.
    others = dict.fromkeys(body, "")
    assert_missing(program.post(f"{ROOT}/usuarios", others), name)


def test_nothing_at_all_lacks_everything(program: ApiClient) -> None:
    names = ("nombre", "apellidos", "email")
    assert_missing(program.post(f"{ROOT}/usuarios"), *names, place="query")


@pytest.mark.parametrize("email", ["lucia", "a@b", "x" * 250 + "@email.com", ["a@email.com"]])
def test_what_is_no_email_is_a_400(program: ApiClient, email: Any) -> None:
    assert_refused(create(program, email=email), 400, "❌ El email no tiene un formato válido")


@pytest.mark.parametrize("phone", ["+34...", "call me", "", "+34600111222", 600, "9" * 200])
def test_no_phone_is_a_reason_to_refuse(program: ApiClient, phone: Any) -> None:
    make_customer(phone="+34600111222")
    assert create(program, telefono=phone).status_code == 200
    assert Customer.objects.latest("pk").phone_as_given == str(phone)
    shown = program.get(f"{ROOT}/usuarios?email={LUCIA['email']}").json()
    assert shown["telefono"] == str(phone)


def test_nothing_is_cut(program: ApiClient) -> None:
    longest = {"nombre": "n" * 150, "apellidos": "a" * 150, "direccion": "d" * 500}
    assert create(program, **longest).status_code == 200
    shown = program.get(f"{ROOT}/usuarios?email={LUCIA['email']}").json()
    assert shown.items() >= longest.items()
    assert create(program, nombre="n" * 151).status_code == 422


def test_a_user_is_shown_with_all_that_is_known(program: ApiClient) -> None:
    with time_machine.travel(NOON, tick=False):
        create(program, telefono="+34 600 111 222")
        make_customer(name="Luc", email=None)
        shown = program.get(f"{ROOT}/usuarios?email=LUCIA@email.com").json()
    pk = Customer.objects.earliest("pk").pk
    assert shown == {
        **LUCIA,
        "id": f"USR{pk:03d}",
        "telefono": "+34600111222",
        **dict.fromkeys(("fecha_registro", "fecha_creacion"), "2026-02-11T12:00:00Z"),
    }
    for name in ("lucía", "LUC", "martínez lucía"):
        assert program.get(f"{ROOT}/usuarios", {"nombre": name}).json() == shown
    LegacyId.objects.create(service="console-crm", kind="customer", legacy_id="7", record_id=pk)
    assert program.get(f"{ROOT}/usuarios?nombre=luc").json()["id"] == "USR007"


def test_a_name_is_not_found_in_other_fields(program: ApiClient) -> None:
    make_customer(name="Pedro", email="luis@email.com", city="Luisiana")
    make_customer(name="Luis", email=None)
    assert program.get(f"{ROOT}/usuarios?nombre=luis").json()["nombre"] == "Luis"
    for text in ("%", ".*", "_", "Zoe"):
        found = program.get(f"{ROOT}/usuarios", {"nombre": text})
        assert_refused(found, 404, "Usuario no encontrado")


def test_somebody_must_be_asked_for(program: ApiClient) -> None:
    for query in ("", "?email=", "?nombre=&email="):
        found = program.get(f"{ROOT}/usuarios{query}")
        assert_refused(found, 400, "Debes proporcionar email o nombre")


def test_whoever_is_archived_is_not_there(program: ApiClient, lucia: Customer) -> None:
    lucia.archive()
    assert program.get(f"{ROOT}/usuarios?email={lucia.email}").status_code == 404
    assert program.get(f"{ROOT}/facturas?email={lucia.email}").status_code == 404
    assert bill(program).status_code == 404
    assert create(program).status_code == 200


# --- Invoices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "paid", "credited"),
    [("Pendiente", "pending", 0, 0), ("Pagada", "paid", 1, 0), ("Cancelada", "cancelled", 0, 1)],
)
def test_an_invoice_is_issued_paid_or_taken_back(
    program: ApiClient, lucia: Customer, state: str, status: str, paid: int, credited: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        response = bill(program, estado=state)
    assert response.status_code == 200
    assert response.json() == {
        "message": "✅ Factura creada exitosamente para lucia@email.com",
        "numero": "FAC001",
        "estado": state,
        "fecha_emision": "2026-02-11",
    }
    invoice = Invoice.objects.get(kind=Kind.INVOICE)
    amounts = (invoice.paid_amount, invoice.credited_amount, invoice.tax)
    assert (invoice.status, *amounts) == (status, paid * invoice.total, credited * invoice.total, 0)
    assert (invoice.payments.count(), invoice.corrections.count()) == (paid, credited)
    shown = {
        "numero": "FAC001",
        "email_cliente": lucia.email,
        "descripcion": "Desarrollo web",
        "importe": 150.5,
        "estado": state,
        "fecha_emision": "2026-02-11",
    }
    found = program.get(f"{ROOT}/facturas/?email={lucia.email}").json()
    assert found == {"usuario": "Lucía Martínez", "total": 1, "facturas": [shown]}


def test_what_the_parameters_of_an_invoice_say(program: ApiClient, lucia: Customer) -> None:
    query = "cliente_email=lucia@email.com&descripcion=SEO&importe=99.999&estado=Pagada"
    assert program.post(f"{ROOT}/facturas?{query}").json()["numero"] == "FAC001"
    assert program.get(f"{ROOT}/facturas?email={lucia.email}").json()["facturas"][0] == {
        "numero": "FAC001",
        "email_cliente": lucia.email,
        "descripcion": "SEO",
        "importe": 100.0,
        "estado": "Pagada",
        "fecha_emision": str(Invoice.objects.get().issue_date),
    }


def test_other_documents_than_invoices_are_not_listed(program: ApiClient, lucia: Customer) -> None:
    make_draft(customer=lucia)
    make_invoice(customer=lucia).cancel()
    make_invoice()
    [one] = program.get(f"{ROOT}/facturas?email={lucia.email}").json()["facturas"]
    assert (one["estado"], one["descripcion"], one["importe"]) == (
        *("Cancelada", "Consulting, one hour"),
        121.0,
    )


def test_an_invoice_of_nobody_is_a_404(program: ApiClient, lucia: Customer) -> None:
    assert_refused(bill(program, cliente_email="otra@email.com"), 404, "❌ Usuario no encontrado")
    found = program.get(f"{ROOT}/facturas?email=otra@email.com")
    assert_refused(found, 404, "Usuario no encontrado")
    assert_missing(program.get(f"{ROOT}/facturas"), "email", place="query")
    assert_missing(program.post(f"{ROOT}/facturas", {"importe": -5}), *list(WEB)[:2], "estado")


def test_an_invoice_says_what_it_is_for(program: ApiClient, lucia: Customer) -> None:
    text = "❌ La descripción no puede estar vacía."
    for empty in ("", " ", None):
        assert_refused(bill(program, descripcion=empty), 400, text)
    long = bill(program, descripcion="x" * 2001)
    assert (long.status_code, long.json()["detail"][0]["loc"]) == (422, ["body", "descripcion"])


# --- The report ----------------------------------------------------------------------------------


def test_the_report_tells_of_everybody(
    program: ApiClient, lucia: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for state, amount in (("Pagada", 100), ("Pendiente", 50.25), ("Cancelada", 1000)):
        bill(program, estado=state, importe=amount)
    make_customer(name="Ana", surname="Ruiz", email=None)
    report = program.get(f"{ROOT}/reportes?guardar=true").json()["reporte"]
    assert report["timestamp"].endswith("Z")
    assert report["resumen_general"] == {
        "total_usuarios": 2,
        "total_facturas": 3,
        "ingresos_totales": 150.25,
        "ingresos_pagados": 100.0,
        "ingresos_pendientes": 50.25,
    }
    first, second = report["usuarios"]
    assert first == {
        "nombre": "Lucía Martínez",
        "email": lucia.email,
        "total_facturas": 3,
        "monto_total": 150.25,
        "monto_pagado": 100.0,
        "monto_pendiente": 50.25,
    }
    assert (second["nombre"], second["email"], second["monto_total"]) == ("Ana Ruiz", None, 0)
    monkeypatch.setattr(arrays, "BATCH", 1)
    streamed = program.get(f"{ROOT}/reportes")
    assert streamed.streaming
    assert orjson.loads(b"".join(streamed))["reporte"]["usuarios"] == report["usuarios"]


def test_a_report_of_nobody_is_a_404(program: ApiClient) -> None:
    assert_refused(program.get(f"{ROOT}/reportes"), 404, "No hay usuarios registrados.")


def test_other_currencies_are_not_added(program: ApiClient, lucia: Customer) -> None:
    make_invoice(customer=lucia, currency="USD")
    assert program.get(f"{ROOT}/reportes").json()["reporte"]["usuarios"][0]["monto_total"] == 0


# --- Who -----------------------------------------------------------------------------------------


def test_it_is_told_in_the_history_and_seen_elsewhere(
    program: ApiClient, as_sam: ApiClient
) -> None:
    create(program)
    make_company()
    bill(program)
    for path, record in (("customers", Customer), ("invoices", Invoice)):
        pk = record.objects.get().pk
        entries = as_sam.get(f"/api/v1/{path}/{pk}/history").json()["results"]
        told = {(entry["source"], entry["reason"], entry["user"]["name"]) for entry in entries}
        assert told == {("compat", "CRM Console", "API key tienda")}
    uuid = Customer.objects.get().uuid
    elsewhere = program.get(f"/compat/the-crm-service/customers/{uuid}").json()
    assert (elsewhere["name"], elsewhere["surname"]) == ("Lucía", "Martínez")


# --- What was broken -----------------------------------------------------------------------------


def test_defect_a_record_in_the_first_second_of_a_day_was_not_counted(db: None) -> None:
    program, midnight = with_key(make_key(daily_limit=1)), datetime(2026, 2, 11, tzinfo=UTC)
    with time_machine.travel(midnight, tick=False):
        assert create(program).status_code == 200
    with time_machine.travel(NOON, tick=False):
        assert create(program, email="otra@email.com").status_code == 429


def test_defect_raw_keys_were_stored_and_shown(lucia: Customer) -> None:
    key = make_key(scopes=SCOPES)
    program = with_key(key)
    answers = [
        create(program, email="otra@email.com"),
        bill(program),
        *(program.get(f"{ROOT}/{path}?email={lucia.email}") for path in ("usuarios", "facturas")),
        program.get(f"{ROOT}/reportes"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert key.secret not in answer.content.decode()
    assert program.get(f"{ROOT}/auth/keys").status_code == 404


def test_defect_every_user_was_inserted_twice(program: ApiClient) -> None:
    create(program)
    make_company()
    assert Customer.objects.count() == 1
    report = program.get(f"{ROOT}/reportes").json()["reporte"]
    assert (report["resumen_general"]["total_usuarios"], len(report["usuarios"])) == (1, 1)


def test_defect_reading_crashed(program: ApiClient, lucia: Customer) -> None:
    bill(program)
    for path in (f"usuarios?email={lucia.email}", f"facturas?email={lucia.email}", "reportes"):
        assert program.get(f"{ROOT}/{path}").status_code == 200


def test_defect_invoice_numbers_were_used_again(program: ApiClient, lucia: Customer) -> None:
    bill(program)
    bill(program, estado="Cancelada")
    make_draft(customer=lucia).delete()
    assert bill(program).json()["numero"] == "FAC003"


@pytest.mark.parametrize("amount", [-5, 0, "0.001", "abc", "", None, "NaN", "1e99", 10**13, [1]])
def test_defect_any_amount_was_accepted(program: ApiClient, lucia: Customer, amount: Any) -> None:
    text = "❌ Monto inválido. Debe ser un número positivo."
    assert_refused(bill(program, importe=amount), 400, text)
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("state", ["Foo", "pagada", "", None, 7])
def test_defect_any_state_was_accepted(program: ApiClient, lucia: Customer, state: Any) -> None:
    assert_refused(bill(program, estado=state), 400, "❌ Estado no válido.")
    assert not Invoice.objects.exists()


def test_defect_an_email_in_another_case_was_another_user(program: ApiClient) -> None:
    create(program)
    taken = create(program, email="Lucia@Email.com")
    assert_refused(taken, 400, "❌ Ya existe un usuario con ese email")
    assert ApiKeyUse.objects.get().used == Customer.objects.count() == 1


def test_defect_cancelled_invoices_were_income(program: ApiClient, lucia: Customer) -> None:
    bill(program, estado="Cancelada")
    report = program.get(f"{ROOT}/reportes").json()["reporte"]
    assert report["resumen_general"]["ingresos_totales"] == 0
    assert report["usuarios"][0]["monto_total"] == 0
    assert report["usuarios"][0]["total_facturas"] == 1
