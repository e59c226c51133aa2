"""000: what mongoexport writes of its users and invoices."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction

from crm.base.trail.fence import unaudited
from crm.compat.importing.tests.conftest import Do
from crm.compat.models import LegacyId
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.books import faults
from invoices.models import CompanyProfile, Invoice, InvoiceLine
from invoices.single_line import write_single_line

pytestmark = pytest.mark.django_db
SERVICE = "console-crm"


def known_as(number: int) -> Customer:
    """Return the customer whom the service's clients know by ``number``."""
    return Customer.objects.get(pk=LegacyId.objects.record(SERVICE, "customer", number) or 0)


def usuario(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "_id": {"$oid": f"65f0{number:020}"},
        "id": f"USR{number:03}",
        "nombre": "Lucía",
        "apellidos": "Martínez",
        "email": f"lucia{number}@email.com",
        "telefono": "",
        "direccion": "Calle Mayor 5",
        "fecha_registro": {"$date": "2024-02-01T10:00:00Z"},
    } | fields


def factura(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "_id": {"$oid": f"75f0{number:020}"},
        "numero": f"FAC{number:03}",
        "email_cliente": "lucia1@email.com",
        "descripcion": "Diseño web",
        "monto": {"$numberDouble": "120.5"},
        "estado": "Pendiente",
        "fecha_emision": {"$date": {"$numberLong": str(1707000000000 + number * 86_400_000)}},
    } | fields


@pytest.fixture(autouse=True)
def company(db: None) -> CompanyProfile:
    company = CompanyProfile(name="Ours", tax_id="B1", address="Calle 1", currency="EUR")
    company.save()
    return company


def test_a_known_customer_is_only_changed_by_news(do: Do, console: Callable[..., Path]) -> None:
    known = [make_customer(name="Lucía Martínez", email=f"lucia{n}@email.com") for n in (1, 2)]
    assert known[0].history.count() == 1
    do(SERVICE, console(usuarios=[usuario(1, direccion=""), usuario(2)]))
    same, fuller = (Customer.objects.get(pk=one.pk) for one in known)
    assert (same.version, same.updated_at) == (1, known[0].updated_at)
    assert (fuller.version, fuller.address) == (2, "Calle Mayor 5")
    assert fuller.updated_at > known[1].updated_at  # not when somebody else last touched it
    assert fuller.history.order_by("pk").last().source == "import"


def test_customers_come_once_though_the_service_stored_them_twice(
    do: Do, console: Callable[..., Path]
) -> None:
    again = usuario(1) | {"_id": {"$oid": "f" * 24}, "creado_por": "key1"}
    told = do(SERVICE, console(usuarios=[usuario(1), again, usuario(2)]))
    lucia = Customer.objects.get(email="lucia1@email.com")
    assert (lucia.name, lucia.surname, lucia.address) == ("Lucía", "Martínez", "Calle Mayor 5")
    assert str(lucia.registered_at) == "2024-02-01 10:00:00+00:00"
    assert Customer.objects.count() == 2
    assert told.of("f" * 24) == ["merged"]
    assert "API keys in use: 1" in told.text
    assert LegacyId.objects.record(SERVICE, "customer", 1) == lucia.pk


def test_customers_are_one_only_when_nothing_contradicts_it(
    do: Do, console: Callable[..., Path]
) -> None:
    known = make_customer(name="Lucía Martínez", email="LUCIA1@email.com", phone="+34600000001")
    other = make_customer(name="Somebody else", email="lucia2@email.com", phone="+34600000002")
    told = do(
        SERVICE,
        console(
            usuarios=[
                usuario(1),
                usuario(2),
                usuario(3, nombre="Ana", telefono="+34 600 000 002"),
                usuario(4, nombre="Eva", telefono="no sé"),
            ]
        ),
    )
    known.refresh_from_db()
    assert (known.address, known.email) == ("Calle Mayor 5", "lucia1@email.com")
    assert LegacyId.objects.record(SERVICE, "customer", 1) == known.pk
    namesake = known_as(2)
    assert (namesake.email, namesake.name) == (None, "Lucía")
    duplicates = [note for note in told.notes if note["code"] == "possible_duplicate"]
    assert [(note["field"], note["value"], note["other"]) for note in duplicates] == [
        ("email", "lucia2@email.com", str(other.pk)),
        ("phone", "+34600000002", str(other.pk)),
    ]
    ana = Customer.objects.get(name="Ana")
    assert (ana.phone, ana.phone_as_given) == (None, "+34600000002")
    assert Customer.objects.get(name="Eva").phone_as_given == "no sé"


def test_what_no_database_takes_costs_characters_and_not_the_row(
    do: Do, console: Callable[..., Path]
) -> None:
    odd = usuario(1, nombre="Lu\0cía\ud800", email="a\0b", telefono="\ud800", direccion="\u202e")
    odd["id"] = "USR\0"
    told = do(SERVICE, console(usuarios=[odd]))
    assert Customer.objects.get().name == "Lucía"
    assert "characters_removed" in told.of(f"65f0{1:020}")
    assert do(SERVICE, console()).notes == told.notes


def test_invoices_keep_their_number_date_amount_and_state(
    do: Do, console: Callable[..., Path]
) -> None:
    facturas = [
        factura(3, estado="Cancelada"),
        factura(2, estado="Pagada", monto="99.90"),
        factura(1),
        factura(4, estado="Foo"),
    ]
    do(SERVICE, console(usuarios=[usuario(1)], facturas=facturas))
    found = {one.legacy_number: one for one in Invoice.objects.filter(kind="invoice")}
    assert {number: one.number for number, one in found.items()} == {
        f"FAC00{number}": f"FAC00{number}" for number in (1, 2, 3, 4)
    }
    first = found["FAC001"]
    assert (first.issue_date, first.total, first.tax) == (date(2024, 2, 4), Decimal("120.5"), 0)
    assert [found[f"FAC00{number}"].status for number in (1, 2, 3, 4)] == [
        *("pending", "paid", "cancelled", "pending")
    ]
    assert found["FAC002"].payments.get().amount == Decimal("99.90")
    assert found["FAC003"].corrections.get().issue_date == date(2024, 2, 6)
    assert list(faults()) == []
    assert LegacyId.objects.record(SERVICE, "invoice", 2) == found["FAC002"].pk


def test_the_history_of_an_invoice_begins_with_what_it_was_when_it_came(
    do: Do, console: Callable[..., Path]
) -> None:
    facturas = [factura(1), factura(2, estado="Pagada"), factura(3, estado="Cancelada")]
    do(SERVICE, console(usuarios=[usuario(1)], facturas=facturas))
    told = Invoice.history.order_by("history_id").values_list(
        *("number", "action", "source", "version", "status", "total", "paid_amount")
    )
    of_the_import, amount = ("create", "import", 1), Decimal("120.5")
    assert list(told) == [
        ("FAC001", *of_the_import, "pending", amount, 0),
        ("FAC002", *of_the_import, "paid", amount, amount),
        ("FAC003", *of_the_import, "cancelled", amount, 0),
        ("NC001", *of_the_import, "paid", amount, amount),
    ]
    for entry in Invoice.history.all():
        assert entry.history_date == Invoice.objects.get(pk=entry.id).created_at
    for line in InvoiceLine.objects.all():
        with pytest.raises(IntegrityError), transaction.atomic():
            write_past_the_rules(line)


def write_past_the_rules(line: InvoiceLine) -> None:
    """Add a line to the document of ``line``, as only a trigger would refuse it."""
    line.pk, line.position, line._state.adding = None, 2, True
    with unaudited("to see what the database does"):
        InvoiceLine._base_manager.bulk_create([line])


def test_invoices_that_cannot_be_are_told(do: Do, console: Callable[..., Path]) -> None:
    told = do(
        SERVICE,
        console(
            usuarios=[usuario(1)],
            facturas=[
                factura(1, monto=-5),
                factura(2, email_cliente="nobody@email.com"),
                factura(3, monto={"$numberDouble": "NaN"}),
                factura(4, monto={"$numberDouble": "10.555"}),
                factura(5) | {"numero": "FAC004"},
            ],
        ),
    )
    codes = [note["code"] for note in told.notes]
    assert codes == ["bad_amount", "customer_missing", "bad_amount", "rounded", "id_given_twice"]
    assert "rows 5; taken over 2, not taken 3" in told.text


def test_numbers_beside_those_that_have_gone_past(do: Do, console: Callable[..., Path]) -> None:
    """Numbers and dates go together in a series: older documents get one of their own."""
    write_single_line(make_customer(), "New", Decimal(1), "pending")
    source = console(usuarios=[usuario(1)], facturas=[factura(1), factura(2)])
    do(SERVICE, source)
    numbers = Invoice.objects.exclude(legacy_number="").values_list("number", flat=True)
    assert sorted(numbers) == ["MIG-001", "MIG-002"]
    console(facturas=[factura(0), factura(1), factura(2)])
    do(SERVICE, source)
    assert Invoice.objects.get(legacy_number="FAC000").number == "MIG2-001"
    assert list(faults()) == []


def test_a_second_run_changes_nothing_but_follows_what_was_paid(
    do: Do, console: Callable[..., Path]
) -> None:
    source = console(usuarios=[usuario(1)], facturas=[factura(1), factura(2), factura(3)])
    told = do(SERVICE, source)
    before = list(Invoice.history.values())
    assert do(SERVICE, source).notes == told.notes
    assert list(Invoice.history.values()) == before
    facturas = [factura(1, estado="Pagada"), factura(2, estado="Cancelada"), factura(3, monto=1)]
    told = do(SERVICE, console(facturas=facturas))
    states = dict(Invoice.objects.filter(kind="invoice").values_list("legacy_number", "status"))
    assert states == {"FAC001": "paid", "FAC002": "cancelled", "FAC003": "pending"}
    assert told.about("not_followed") == [f"75f0{3:020}"]
    assert do(SERVICE, source).notes == told.notes


def test_a_single_file_may_hold_both_also_as_an_array(do: Do, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    file.write_text("\ufeff" + json.dumps([usuario(1), factura(1)], indent=2))
    do(SERVICE, file)
    assert Invoice.objects.get().customer.email == "lucia1@email.com"


def test_without_a_company_nobody_can_have_issued_them(
    do: Do, console: Callable[..., Path], company: CompanyProfile
) -> None:
    CompanyProfile.objects.filter(pk=company.pk).delete()
    with pytest.raises(CommandError, match="company"):
        do(SERVICE, console(usuarios=[usuario(1)], facturas=[factura(1)]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"nombre": "Luc\xeda"}', "not UTF-8"),
        (b'{"nombre": "A"}\n{"nombre": ', "document 2 is no JSON"),
        (b"name,email\nA,a@x.org\n", "document 1 is no JSON"),
        (b"", "no documents"),
    ],
)
def test_what_is_no_export_is_refused_before_anything_is_stored(
    do: Do, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "usuarios.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        do(SERVICE, file)
    assert not Customer.objects.exists()
