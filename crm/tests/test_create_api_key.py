"""The command that makes an API key, or takes over one that clients hold already."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey
from crm.tests.clients import with_key

pytestmark = pytest.mark.django_db
STRONG = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


def create(*arguments: str) -> tuple[ApiKey, list[str], str]:
    """Return the key, the lines printed, and the warnings."""
    out, err = io.StringIO(), io.StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=err)
    return ApiKey.objects.latest("pk"), out.getvalue().splitlines(), err.getvalue()


def test_the_key_stands_alone_on_the_last_line() -> None:
    key, lines, warnings = create("web shop")
    key.secret = lines[-1]
    assert with_key(key).post("/api/v1/customers", {"name": "Ana"}).status_code == 201
    assert (key.scopes, key.daily_limit, key.expires_at) == (["customers:add"], 35, None)
    assert [entry.source for entry in key.history.all()] == ["command"]
    assert not warnings


def test_what_is_asked_for() -> None:
    key, _lines, _warnings = create(
        *("reports", "--scope", "reports:read", "--scope", "customers:read"),
        *("--daily-limit", "5", "--expires", "2100-12-31"),
    )
    assert (key.scopes, key.daily_limit) == (["customers:read", "reports:read"], 5)
    assert key.expires_at == datetime(2100, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(("held", "weak"), [("key1", True), (STRONG, False)])
def test_a_key_that_clients_hold_is_taken_over(held: str, weak: bool) -> None:
    key, lines, warnings = create("old service", "--key", held)
    assert lines[-1] == held
    assert key.is_weak is weak
    assert ("weak" in warnings) is weak
    key.secret = held
    assert with_key(key).post("/api/v1/customers", {"name": "Ana"}).status_code == 201


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("web shop", "--scope", "customers:delete"), "invalid choice"),
        (("web shop", "--daily-limit", "0"), "greater than or equal to 1"),
        (("web shop", "--daily-limit", "many"), "invalid int value"),
        (("web shop", "--expires", "soon"), "soon is no time"),
        (("web shop", "--expires", "2100-02-30"), "2100-02-30 is no time"),
        (("web shop", "--expires", "2020-01-01"), "This time is past"),
        (("web shop", "--key", ""), "visible ASCII"),
        (("web shop", "--key", "a b"), "visible ASCII"),
        (("",), "cannot be blank"),
    ],
    ids=str,
)
def test_what_makes_no_sense_makes_no_key(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        create(*arguments)
    assert not ApiKey.objects.exists()


def test_a_name_is_not_taken_twice() -> None:
    create("old service", "--key", STRONG)
    with pytest.raises(CommandError, match="name: Another record has this value already"):
        create("old service")


def test_of_a_key_that_is_taken_it_says_whose_it_is_and_what_to_do() -> None:
    key, *_ = create("old service", "--key", STRONG)
    with pytest.raises(CommandError, match=r"The API key old service is .* leave out --key"):
        create("another", "--key", STRONG)
    key.revoke()
    with pytest.raises(
        CommandError, match=r"revoked, as the API key old service.* Leave out --key"
    ):
        create("another", "--key", STRONG)
    assert ApiKey.objects.count() == 1


def test_help_says_what_each_option_does(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("create_api_key", "--help")
    assert "customers:add" in capsys.readouterr().out
