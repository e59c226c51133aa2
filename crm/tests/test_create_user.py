"""The command that adds somebody who may sign in."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody types at the prompts, one after the other."""
    answers = [PASSWORD, PASSWORD]
    prompt = "crm.management.commands.create_user.getpass"
    monkeypatch.setattr(prompt, lambda question: answers.pop(0))
    return answers


def create(username: str = "tom", **options: Any) -> User:
    call_command("create_user", username, **{"role": "sales"} | options)
    user: User = User.objects.latest("pk")
    return user


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("role", ["admin", "management", "sales"])
def test_somebody_with_the_role_and_the_password_typed_twice(role: str) -> None:
    tom = create(role=role, email="Tom@Example.com")
    assert (tom.username, tom.role, tom.email) == ("tom", role, "tom@example.com")
    assert tom.check_password(PASSWORD)
    assert [entry.source for entry in tom.history.all()] == ["command"]


def test_the_password_may_come_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\nmore\n"))
    assert create(password_stdin=True).check_password(PASSWORD)


def test_two_different_passwords_make_nobody(typed: list[str]) -> None:
    typed[1] = "something else entirely"
    with pytest.raises(CommandError, match="The two passwords differ"):
        create()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 12 characters"),
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("tom.the.first", "too similar to the username"),
    ],
)
def test_a_weak_password_makes_nobody(password: str, reason: str, typed: list[str]) -> None:
    typed[:] = [password, password]
    with pytest.raises(CommandError, match=f"password: .*{reason}"):
        create("tom.the.first1")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "no spaces"}, "username"),
        ({"username": ""}, "username"),
        ({"email": "nonsense"}, "email"),
    ],
)
def test_wrong_values_are_told_before_anybody_types(
    wrong: dict[str, str], field: str, typed: list[str]
) -> None:
    with pytest.raises(CommandError, match=f"{field}: "):
        create(**wrong)
    assert typed == [PASSWORD, PASSWORD]


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    ("taken", "field"), [({"username": "Tom"}, "username"), ({"email": "X@example.com"}, "email")]
)
def test_a_name_or_an_email_is_used_once(taken: dict[str, str], field: str) -> None:
    make_user("tom" if field == "username" else "ana", email="x@example.com")
    with pytest.raises(CommandError, match=f"{field}: Another"):
        create(**taken)
    assert User.objects.count() == 1


def test_a_role_must_be_one_of_ours() -> None:
    with pytest.raises(CommandError, match="invalid choice: 'boss'"):
        call_command("create_user", "tom", "--role", "boss")
