"""Django's own command makes an administrator of ours."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.tests.make import PASSWORD

WEAK = "password1234"

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def create(**options: Any) -> User:
    given = {"username": "Root", "email": "root@example.com", "verbosity": 0}
    call_command("createsuperuser", **given | options)
    user: User = User.objects.get()
    return user


def typing(monkeypatch: pytest.MonkeyPatch, passwords: list[str], answer: str = "n") -> None:
    """Let somebody type ``passwords``, and ``answer`` when asked whether to take a weak one."""
    command = "django.contrib.auth.management.commands.createsuperuser"
    monkeypatch.setattr(f"{command}.getpass.getpass", lambda *prompt: passwords.pop(0))
    monkeypatch.setattr("builtins.input", lambda question: answer)


def test_without_questions_the_password_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    root = create(interactive=False)
    assert (root.username, root.role, root.email) == ("root", "admin", "root@example.com")
    assert root.is_superuser
    assert root.check_password(PASSWORD)
    assert [entry.source for entry in root.history.all()] == ["command"]


@pytest.mark.parametrize("password", [WEAK, "short", "root.root.root"])
def test_without_questions_a_weak_password_is_refused(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError, match=r"too (short|common|similar)"):
        create(interactive=False, username="root.root.root1")
    assert not User.objects.exists()


def test_without_a_password_nobody_can_sign_in_as_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    assert not create(interactive=False).has_usable_password()


def test_a_weak_password_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, [WEAK, WEAK, PASSWORD, PASSWORD])
    assert create(stdin=Terminal()).check_password(PASSWORD)
    assert "too common" in capsys.readouterr().err


def test_a_weak_password_is_refused_to_whoever_insists(monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, [WEAK, WEAK], answer="y")
    with pytest.raises(CommandError, match="too common"):
        create(stdin=Terminal())
    assert not User.objects.exists()
