"""Lists of the back office as files: what is listed, for whoever sees it, in the same order."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.base.models import SecurityEvent
from crm.base.storing import chunks
from crm.tests.exports import MODELS, browser, page, records_of
from crm.tests.samples import PLAIN
from customers.tests.make import make_customer
from invoices.tests.make import make_company, make_draft, make_invoice, of
from leads.tests.make import make_lead

pytestmark = pytest.mark.django_db
every_list = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)


@pytest.fixture
def client(alice: User) -> Client:
    return browser(alice)


def ids(response: Any) -> list[int]:
    return [int(row["id"]) for row in records_of(b"".join(response))]


def listed(client: Client, name: str, query: str) -> list[int]:
    shown = client.get(f"{page(name, 'changelist')}?{query}").context["cl"]
    return [record.pk for record in shown.result_list]


QUESTIONS = [
    *(("customers", one) for one in ("", "o=1", "o=-1.6", "o=-6.1", "archived=all", "q=ana")),
    *(("customers", one) for one in ("client_type=natural&o=1.-6", "q=ana&o=-1", "q=nobody")),
    *(("invoices", one) for one in ("", "o=3", "o=-3", "o=4.3", "o=-4.3", "o=3.-4", "overdue=yes")),
    *(("invoices", one) for one in ("status=draft", "status=pending&o=-4", "own=yes")),
    *(("leads", one) for one in ("", "o=7", "o=-7", "archived=yes", "attention=open", "stale=3")),
]


@pytest.mark.parametrize(("name", "query"), QUESTIONS)
def test_a_file_is_the_list(client: Client, name: str, query: str) -> None:
    """Also where half of the dates that it goes by are missing."""
    make_company()
    for number in range(5):
        customer = make_customer(name=f"Ana {number // 2}")
        make_lead(name=f"Lead {number}")
        make_invoice(of(1), customer=customer, on=date(2026, 1, 5 + number // 2))
        make_draft(customer=customer)
        make_draft(customer=customer, due_date=date(2027, 1, 9 - number))
    make_customer(name="Ana").archive()
    make_lead().archive()
    expected = listed(client, name, query)
    assert ids(client.get(f"{page(name, 'export')}?{query}&format=csv")) == expected


@every_list
def test_the_list_leads_to_its_files(client: Client, name: str) -> None:
    PLAIN[MODELS[name]]()
    html = client.get(f"{page(name, 'changelist')}?q=&o=&p=1&archived=").content.decode()
    found = re.findall(r'href="(export/[^"]+)"', html)
    assert [address.rpartition("=")[2] for address in found] == ["csv", "xlsx"]
    for address in found:
        file = client.get(page(name, "changelist") + address.replace("&amp;", "&"))
        assert len(ids(file)) == 1


@every_list
def test_an_empty_list_offers_no_file(client: Client, name: str) -> None:
    assert b"export/?" not in client.get(page(name, "changelist")).content
    assert ids(client.get(page(name, "export"))) == []


def test_the_files_of_a_search_are_of_the_search(client: Client) -> None:
    make_customer(name="Ana")
    html = client.get(f"{page('customers', 'changelist')}?q=ana&p=1").content.decode()
    assert 'href="export/?q=ana&amp;format=csv"' in html


@pytest.mark.parametrize("query", ["nonsense=1", "format=xml", "format=json", "format="])
def test_what_it_does_not_understand_leads_to_the_list(client: Client, query: str) -> None:
    answer = client.get(f"{page('customers', 'export')}?{query}", follow=True)
    assert answer.redirect_chain[0][0] == f"{page('customers', 'changelist')}?e=1"
    assert "asked for something unknown" in answer.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "attention=%00"])
def test_a_letter_that_no_database_stores_can_be_asked_for(client: Client, query: str) -> None:
    make_lead()
    answer = client.get(f"{page('leads', 'export')}?{query}")
    assert ids(answer) == listed(client, "leads", query)
    report = client.get(f"/admin/invoices/invoice/reports/?format=csv&x=%00&{query}")
    assert b"part,name" in b"".join(report)


@every_list
def test_whoever_took_too_many_is_told_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("crm.base.tables.RATE", "0/h")
    record = PLAIN[MODELS[name]]()
    where = f"{page(name, 'changelist')}?o="
    ticked = {"action": "export_csv", "_selected_action": [record.pk]}
    for answer in (
        client.get(f"{page(name, 'export')}?o=&format=xlsx", follow=True),
        client.post(where, ticked, follow=True),
    ):
        assert answer.redirect_chain == [(where, 302)]
        assert "That were many files." in answer.content.decode()
    assert not SecurityEvent.objects.filter(kind="exported").exists()


@every_list
def test_only_what_is_ticked_is_in_the_file(client: Client, name: str) -> None:
    made = [PLAIN[MODELS[name]]().pk for _ in range(4)]
    chosen = {"action": "export_xlsx", "_selected_action": made[1:3]}
    answer = client.post(page(name, "changelist"), chosen)
    assert ids(answer) == [made[2], made[1]]
    assert SecurityEvent.objects.get(kind="exported").details["what"] == "selection"


def test_nobody_ticks_the_leads_of_others(sam: User, sue: User) -> None:
    own, other = make_lead(assigned_to=sam), make_lead(assigned_to=sue)
    chosen = {"action": "export_csv", "_selected_action": [own.pk, other.pk]}
    answer = browser(sam).post(page("leads", "changelist"), chosen)
    assert answer.status_code == 302
    assert not SecurityEvent.objects.filter(kind="exported").exists()


@every_list
def test_it_costs_a_statement_for_each_chunk(client: Client, name: str) -> None:
    def statements(count: int) -> int:
        for _ in range(count):
            PLAIN[MODELS[name]]()
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(page(name, "export")))
        return len(captured)

    statements(1)
    one = statements(0)
    assert statements(9) == one + 5 * (2 if name == "invoices" else 1)
