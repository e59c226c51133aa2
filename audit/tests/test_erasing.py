"""What somebody has the right to have forgotten is gone, and the trail is whole nevertheless."""

from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.tests.make import Sample, entries, found, run, superuser
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient

TABLE = Sample._meta.db_table


def erase(record: Any, *fields: str, table: str = TABLE) -> str:
    out = StringIO()
    call_command("audit", "erase", table, str(record.pk), *fields, reason="asked to", stdout=out)
    return out.getvalue()


def values(record: Any, name: str) -> list[Any]:
    return list(record.history.order_by("history_id").values_list(name, flat=True))


def test_past_values_are_gone_and_every_proof_holds(ana: Any) -> None:
    assert values(ana, "city") == ["Caracas", "Lima", "Lima", "Coro"]
    assert erase(ana, "city") == "Entries from which values were erased: 3.\n"
    assert values(ana, "city") == ["", "", "", "Coro"]
    assert found() == []
    event = SecurityEvent.objects.get(kind="history_erased")
    assert event.details == {
        "table": TABLE,
        "record": ana.pk,
        "fields": ["city"],
        "reason": "asked to",
    }


def test_the_table_may_be_named_as_in_the_feed(ana: Any) -> None:
    assert erase(ana, "city", table="customer") == "Entries from which values were erased: 3.\n"
    assert SecurityEvent.objects.get(kind="history_erased").details["table"] == TABLE


@pytest.mark.parametrize("table", ["customers_customers", "securityevent", "Customer", ""])
def test_a_table_without_a_history_is_told_with_those_that_have_one(table: str, ana: Any) -> None:
    with pytest.raises(CommandError, match=r"No history is of this table. Known: .*customer.*lead"):
        erase(ana, "city", table=table)


def test_its_help_names_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("audit", "erase", "--help")
    assert "customer" in capsys.readouterr().out


def test_nobody_finds_it_by_what_search_read_then(ana: Any, as_alice: ApiClient) -> None:
    then = timezone.now().isoformat()

    def texts() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_text FROM customers_customer_texts")
            return str(cursor.fetchall())

    ana.email = "new@example.org"
    ana.save()
    assert "ana example org" in texts()
    asked = f"/api/v1/customers?email=ana@example.org&as_of={quote(then)}"
    assert len(as_alice.get(asked).json()["results"]) == 1
    erase(ana, "email")
    assert "ana example org" not in texts()
    assert as_alice.get(asked).json()["results"] == []


def test_more_is_erased_later(ana: Any) -> None:
    erase(ana, "city")
    ana.email = None
    ana.save()
    erase(ana, "email")
    assert set(values(ana, "email")) == {None}
    assert found() == []


def test_what_was_erased_cannot_be_made_up(ana: Any) -> None:
    erase(ana, "city")
    with superuser() as cursor:
        first = entries(ana)[0]
        run(cursor, "UPDATE {past} SET city = 'Roma' WHERE history_id = %s", first)
        assert f"entry {first}: city was erased and has a value again" in found()[0]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (["name"], "No entry has a value there that is of the past."),
        (["colour"], "There is no field colour."),
        (["version"], "version cannot be empty."),
        (["created_by"], "created_by cannot be empty."),
    ],
)
def test_what_cannot_be_erased_is_told(ana: Any, fields: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        erase(ana, *fields)
    assert not SecurityEvent.objects.exists()


def test_it_is_never_without_a_reason(ana: Any) -> None:
    with pytest.raises(CommandError, match="Say why"):
        call_command("audit", "erase", TABLE, str(ana.pk), "city", reason=" ")
    assert values(ana, "city") == ["Caracas", "Lima", "Lima", "Coro"]
