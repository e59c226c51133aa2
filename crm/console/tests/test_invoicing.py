"""Menu items 3 and 5: invoices are written and listed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from crm.console.answers import amount_in
from crm.console.tests.talk import piped, typed
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice, Kind, Status
from invoices.tests.make import make_company, make_draft, make_invoice


@pytest.fixture
def ana(db: None) -> Customer:
    make_company()
    return make_customer(name="Ana", surname="López", email="ana@example.com")


def write(actor: User, *answers: str) -> list[str]:
    return piped(actor, "3", "ana@example.com", *answers, "7").lines


@pytest.mark.parametrize(
    ("answer", "label", "status", "paid"),
    [
        ("1", "Pendiente", Status.PENDING, 0),
        ("2", "Pagada", Status.PAID, 100),
        ("3", "Cancelada", Status.CANCELLED, 0),
        ("pagada", "Pagada", Status.PAID, 100),
    ],
)
def test_an_invoice_comes_into_its_state(
    maria: User, ana: Customer, answer: str, label: str, status: str, paid: int
) -> None:
    said = write(maria, "Diseño web", "100", answer)
    invoice = Invoice.objects.get(kind=Kind.INVOICE)
    assert (invoice.status, invoice.total, invoice.paid_amount) == (status, 100, paid)
    assert [(one.description, one.tax_rate) for one in invoice.lines.all()] == [
        ("Diseño web", Decimal(0))
    ]
    for line in ("Número: FAC001", "Cliente: Ana López", "Descripción: Diseño web"):
        assert line in said
    assert "Monto: 100,00 EUR" in said
    assert f"Estado: {label}" in said
    assert any(line.startswith("Fecha de emisión: ") for line in said)
    assert {entry.source for entry in invoice.history.all()} == {"console"}
    cancelled = status == Status.CANCELLED
    assert Invoice.objects.filter(kind=Kind.CREDIT_NOTE, corrects=invoice).exists() == cancelled


def test_what_is_wrong_is_asked_again(maria: User, ana: Customer) -> None:
    said = write(maria, "", "Diseño", "-5", "0", "abc", "1e3", "1.001", "12,50", "9", "Foo", "1")
    assert "❌ La descripción no puede estar vacía." in said
    assert said.count("❌ Monto inválido. Debe ser un número positivo.") == 4
    assert said.count("❌ Estado no válido.") == 2
    assert Invoice.objects.get().total == Decimal("12.50")


def test_a_customer_who_is_not_found_is_asked_again(maria: User, ana: Customer) -> None:
    said = typed(maria, "3", "nobody@example.com", "ana@example.com", "Logo", "5", "1")
    assert "❌ Usuario no encontrado." in said.lines
    assert Invoice.objects.get().customer == ana


def test_a_name_alone_decides_nothing(maria: User, ana: Customer) -> None:
    other = make_customer(name="Ana", surname="López")
    typed(maria, "3", "ana", "5", "ana lopez", "2", "Logo", "5", "1")
    assert Invoice.objects.get().customer == other


def test_enter_goes_back(maria: User, ana: Customer) -> None:
    assert typed(maria, "3", "").code == 0
    assert not Invoice.objects.exists()


def test_too_many_who_match_are_not_listed(maria: User) -> None:
    for _ in range(21):
        make_customer(name="Ana")
    assert "Hay demasiadas coincidencias" in typed(maria, "3", "ana", "").text


def test_sales_write_drafts_only(sam: User, ana: Customer) -> None:
    said = write(sam, "Logo", "5")
    draft = Invoice.objects.get()
    assert (draft.status, draft.number, draft.created_by) == (Status.DRAFT, None, sam)
    assert "Estado: Borrador" in said
    assert not any(line.startswith("Estado (") for line in said)


def test_nothing_is_stored_while_the_company_has_no_name(maria: User) -> None:
    make_customer(email="ana@example.com")
    said = piped(maria, "3", "ana@example.com", "Logo", "5", "2", "7")
    assert "❌" in said.text
    assert said.code == 1
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("100", "100"), ("100,5", "100.5"), ("100.50", "100.50"), ("1.234,50", "1234.50")),
        *(("1,234.50", "1234.50"), ("1 234,50", "1234.50"), ("1\xa0234", "1234")),
        *(("1.234.567", "1234567"), ("0.01", "0.01")),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert amount_in("EUR")(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "-1", "abc", "1e5", "NaN", "Infinity", "1.23.4", "1,2,3", "1.234,5.6", "٣"),
        *("1.234", "0,001", "9" * 16, "--", ",5"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        amount_in("EUR")(text)


def test_a_customer_s_documents_are_shown_by_state_and_summed_up(
    sam: User, maria: User, ana: Customer
) -> None:
    for state, price in (("1", "10"), ("2", "20"), ("3", "40")):
        write(maria, f"Nr-{state}", price, state)
    make_draft(customer=ana)
    make_invoice(customer=make_customer(), description="somebody else's")
    said = piped(sam, "5", "ana@example.com", "7").lines
    places = [
        said.index(f"[{state}]") for state in ("Borrador", "Pendiente", "Pagada", "Cancelada")
    ]
    assert places == sorted(places)
    assert "[Notas de crédito]" in said
    end = said.index("--- RESUMEN ---")
    assert said[end + 1 : end + 6] == [
        "Total de facturas: 3",
        "Facturado: 30,00 EUR",
        "Pagado: 20,00 EUR",
        "Pendiente: 10,00 EUR",
        "Cancelado: 40,00 EUR",
    ]
    assert not any("somebody" in line for line in said)


def test_a_customer_without_invoices_has_a_summary_of_nothing(sam: User, ana: Customer) -> None:
    said = piped(sam, "5", "ana@example.com", "7").lines
    assert "Este usuario no tiene facturas." in said
    assert "Total de facturas: 0" in said


def test_currencies_are_not_added_up(sam: User, ana: Customer) -> None:
    make_invoice(customer=ana)
    make_invoice(
        {"description": "x", "unit_price": Decimal(500), "tax_rate": Decimal(0)},
        customer=ana,
        currency="JPY",
    )
    said = piped(sam, "5", "ana@example.com", "7").lines
    assert "Facturado: 121,00 EUR" in said
    assert "Facturado: 500 JPY" in said
