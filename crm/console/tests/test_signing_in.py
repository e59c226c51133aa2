"""Who sits at the console: the same door as everywhere, asked anew before every action."""

from io import StringIO
from typing import Any

import pytest
from rest_framework.exceptions import AuthenticationFailed

from accounts.login import PER_PERSON_AND_NETWORK
from accounts.models import User, hash_of
from accounts.roles import Role
from accounts.tests.make import PASSWORD
from accounts.tokens import open_session
from crm.base.limits import TooMany
from crm.base.models import SecurityEvent
from crm.console.identity import by_password, by_token
from crm.console.terminal import Terminal
from crm.console.tests.talk import Typed


def sign_in(*lines: str, username: str = "sam") -> Any:
    return by_password(Terminal(StringIO("".join(f"{x}\n" for x in lines)), StringIO()), username)


def test_with_name_and_password(sam: User) -> None:
    assert sign_in(PASSWORD)() == sam
    assert sign_in("Sam", PASSWORD, username="")() == sam


@pytest.mark.parametrize("password", ["wrong", "", "\udcff", "\x00", " " + PASSWORD])
def test_a_wrong_password_opens_nothing(sam: User, password: str) -> None:
    with pytest.raises(AuthenticationFailed):
        sign_in(password)


def test_a_pipe_has_one_guess(sam: User) -> None:
    with pytest.raises(AuthenticationFailed):
        sign_in("wrong", PASSWORD)


def test_a_person_has_three(sam: User) -> None:
    said = StringIO()
    terminal = Typed(iter(["wrong", "wrong", PASSWORD]), said)
    assert by_password(terminal, "sam")() == sam
    assert said.getvalue().count("❌") == 2


def test_guesses_count_as_at_any_other_door(sam: User) -> None:
    for _ in range(PER_PERSON_AND_NETWORK):
        with pytest.raises(AuthenticationFailed):
            sign_in("wrong")
    with pytest.raises(TooMany):
        sign_in(PASSWORD)
    assert SecurityEvent.objects.filter(kind="login_failed").count() == PER_PERSON_AND_NETWORK


def test_a_new_role_holds_at_once(sam: User) -> None:
    identify = sign_in(PASSWORD)
    sam.role = Role.MANAGEMENT
    sam.save()
    assert identify().has_perm("invoices.manage_invoice")


@pytest.mark.parametrize("end", ["archive", "change_password"])
def test_whoever_may_no_longer_sign_in_is_out(sam: User, alice: User, end: str) -> None:
    identify = sign_in(PASSWORD)
    sam.refresh_from_db()
    if end == "archive":
        sam.archive()
    else:
        sam.change_password(hash_of("another horse battery staple"))
    with pytest.raises(AuthenticationFailed):
        identify()


def test_a_token_of_the_api_will_do_until_its_session_ends(sam: User) -> None:
    identify = by_token(open_session(sam)["access_token"])
    assert identify().pk == sam.pk
    sam.sessions.all().revoke()
    with pytest.raises(AuthenticationFailed):
        identify()


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é", "\udcff", "x y"])
def test_no_other_token_will(db: None, token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        by_token(token)()
