"""Passwords that the replaced services hashed, and hashes that nobody can read."""

import bcrypt
import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from accounts.tests.signing_in import sign_in


def old_hash(password: str) -> str:
    """Return the hash as the replaced services made it, with fewer rounds."""
    return "bcrypt$" + bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


def with_hash(encoded: str) -> User:
    """Return somebody who was brought over with this hash."""
    user = User(username="veteran", password=encoded)
    user.save()
    return user


def test_a_password_of_an_old_service_still_works_and_is_hashed_anew(db: None) -> None:
    user = with_hash(old_hash(PASSWORD))
    assert sign_in("veteran").status_code == 200
    user.refresh_from_db()
    assert user.password.startswith("md5$")  # the tests' first hasher
    assert (user.version, user.history.count()) == (1, 1)
    assert sign_in("veteran").status_code == 200


def test_a_wrong_password_leaves_an_old_hash_alone(db: None) -> None:
    encoded = old_hash(PASSWORD)
    user = with_hash(encoded)
    assert sign_in("veteran", "wrong").status_code == 401
    user.refresh_from_db()
    assert user.password == encoded


def test_of_an_old_hash_only_the_first_72_bytes_count_as_ever(db: None) -> None:
    long = "ñ" * 36 + "x" * 20
    with_hash(old_hash(long))
    assert sign_in("veteran", long).status_code == 200


@pytest.mark.parametrize("length", [72, 73, 128])
def test_a_long_guess_at_an_old_hash_is_only_wrong(db: None, length: int) -> None:
    with_hash(old_hash("x" * 20))
    assert sign_in("veteran", "x" * length).status_code == 401


@pytest.mark.parametrize("encoded", ["", "!", "bcrypt$", "bcrypt$$2b$12$short", "plain", "md5$x"])
def test_a_broken_hash_opens_nothing(db: None, encoded: str) -> None:
    user = make_user("veteran")
    User.objects.filter(pk=user.pk).derived_update(password=encoded)
    assert sign_in("veteran").status_code == 401


def test_a_hash_is_not_renewed_over_a_password_changed_meanwhile(db: None) -> None:
    stale = with_hash(old_hash(PASSWORD))
    changed = User.objects.get(pk=stale.pk)
    changed.change_password(make_password("another long password"))
    assert stale.check_password(PASSWORD)
    changed.refresh_from_db()
    assert changed.check_password("another long password")
