"""The command that makes a fresh installation usable."""

from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from crm.management.commands import first_start as command
from crm.tests.audit_check import record_models
from crm.tests.races import race
from customers.models import Customer
from customers.tests.make import make_customer

CUSTOMERS = 20


@pytest.fixture(autouse=True)
def environment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    if "full_demo" not in request.fixturenames:
        small = partial(command.DEMO, customers=CUSTOMERS, leads=20, invoices=20)
        monkeypatch.setattr(command, "DEMO", small)
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    settings.BASE_URL = ""


@pytest.fixture
def full_demo() -> None:
    """The demo as people see it; it takes a second."""


@pytest.fixture
def in_development(settings: Any) -> None:
    settings.DEBUG = True


def first_start(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    call_command("first_start", **options)
    return capsys.readouterr().out


def everything() -> list[list[Any]]:
    return [
        list(manager.order_by("pk").values())
        for model in record_models()
        for manager in (model.objects, model.history)
    ]


@pytest.mark.django_db
def test_there_is_an_admin_with_the_password_of_the_environment() -> None:
    call_command("first_start")
    admin = User.objects.get()
    assert (admin.username, admin.role) == ("admin", "admin")
    assert admin.check_password(PASSWORD)
    assert [entry.source for entry in User.history.all()] == ["command"]


@pytest.mark.django_db
@pytest.mark.usefixtures("full_demo")
def test_there_are_demo_customers_of_theirs() -> None:
    call_command("first_start")
    assert Customer.objects.count() == 250
    assert set(Customer.objects.values_list("created_by__username", flat=True)) == {"admin"}


@pytest.mark.django_db
@pytest.mark.usefixtures("in_development")
def test_in_development_every_role_can_be_tried_with_the_same_password() -> None:
    call_command("first_start")
    people = {user.username: user for user in User.objects.all()}
    roles = {name: user.role for name, user in people.items()}
    assert roles == {"admin": "admin", "maria": "management", "sam": "sales", "sue": "sales"}
    assert all(user.check_password(PASSWORD) for user in people.values())
    assert len({user.password for user in people.values()}) == 4
    assert set(Customer.objects.values_list("created_by__username", flat=True)) == set(people)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_development")
def test_without_demo_there_is_the_admin_and_nothing_else() -> None:
    call_command("first_start", no_demo=True)
    assert [user.username for user in User.objects.all()] == ["admin"]
    assert not Customer.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("in_development")
def test_again_it_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    first = first_start(capsys)
    before = everything()
    assert first_start(capsys) == first
    assert everything() == before


@pytest.mark.django_db
def test_users_who_are_there_stay_the_only_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD")
    make_user("alice")
    call_command("first_start")
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_customers_who_are_there_get_no_company() -> None:
    make_customer().archive()
    call_command("first_start")
    assert Customer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        (None, "It is not set"),
        ("", "It is not set"),
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("administrator", "too similar|too common"),
        ("x" * 129, "more than 128"),
    ],
)
def test_no_admin_with_a_missing_or_weak_password(
    password: str | None, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD")
    if password is not None:
        monkeypatch.setenv("ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match=f"ADMIN_PASSWORD cannot be .*({reason})") as refusal:
        call_command("first_start")
    assert refusal.value.returncode == 1
    assert not User.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_it_shows_in_a_box_where_and_how_to_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    lines = first_start(capsys, no_demo=True).splitlines()
    assert [line.strip("| ") for line in lines[1:-1]] == [
        "http://127.0.0.1:8000/admin/",
        "Login:    admin (admin)",
        f"Password: {PASSWORD}",
    ]
    assert len({len(line) for line in lines}) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("in_development")
def test_in_development_it_names_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    names = "admin (admin), maria (management), sam (sales), sue (sales)"
    assert f"Login:    {names} " in first_start(capsys)


@pytest.mark.django_db
def test_a_password_that_was_changed_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    first_start(capsys, no_demo=True)
    admin = User.objects.get()
    admin.set_password("another, chosen since")
    admin.save()
    output = first_start(capsys, no_demo=True)
    assert "/admin/" in output
    assert PASSWORD not in output


@pytest.mark.django_db
def test_a_hash_that_is_none_is_no_ones_password(capsys: pytest.CaptureFixture[str]) -> None:
    make_user("admin")
    User.objects.derived_update(password="bcrypt$nonsense")
    assert PASSWORD not in first_start(capsys, no_demo=True)


@pytest.mark.django_db
def test_who_may_not_sign_in_is_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    make_user("alice", role="admin")
    make_user("sam").archive()
    assert PASSWORD not in first_start(capsys, no_demo=True)


ANYWHERE = ".".join("0000")  # what containers listen on


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "port", "base", "address"),
    [
        ("192.0.2.7", "9000", "", "http://192.0.2.7:9000/admin/"),
        (ANYWHERE, "80", "", "http://localhost:80/admin/"),
        ("::", "", "", "http://localhost:8000/admin/"),
        ("crm.local", "80", "", "http://crm.local:80/admin/"),
        ("::1", "", "", "http://[::1]:8000/admin/"),
        (ANYWHERE, "8000", "https://crm.example.org", "https://crm.example.org/admin/"),
    ],
)
def test_the_address_is_one_a_browser_reaches(
    host: str,
    port: str,
    base: str,
    address: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", port)
    settings.BASE_URL = base
    assert f"| {address} " in first_start(capsys, no_demo=True)


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db", "in_development")
def test_several_containers_that_start_at_once_make_one_admin_and_one_demo() -> None:
    race(*[lambda: call_command("first_start")] * 4)
    assert User.objects.count() == 4
    assert Customer.objects.count() == CUSTOMERS
    assert Customer.history.filter(history_type="+").count() == CUSTOMERS
