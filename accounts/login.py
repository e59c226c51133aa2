"""Signing in: the one door of the API, the back office and the adapters."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import KnownNetwork, User
from crm.base.context import acting, current
from crm.base.limits import Budget, TooMany, network_of
from crm.base.trail import security_events

REFUSED = _("Incorrect username or password.")

PER_NETWORK = 30  # guesses of one network at anybody's password, in 15 minutes
PER_PERSON = 100  # guesses of everybody at one password
PER_PERSON_AND_NETWORK = 10


def canonical_name(username: str) -> str:
    """Return the one spelling under which a username is stored."""
    return str(User._meta.get_field("username").to_python(username))


def named(name: str) -> User | None:
    user: User | None = User.objects.live().filter(username=name).first()
    return user


def sign_in(username: str, password: str, find: Callable[[str], User | None] = named) -> User:
    """Return the active user with this name and password.

    ``find`` tells who is meant by a name, with as many statements for nobody's as for somebody's.
    What is limited and noted goes by the name that the user has here.

    Raises ``AuthenticationFailed``, the same whatever was wrong, or ``TooMany``. A right password
    gives its attempt back, so that only wrong ones count. A network from which the user has
    signed in before has a budget that strangers cannot use up.
    """
    name = canonical_name(username)
    network = network_of(current().address)
    user = find(name)
    name = user.username if user else name
    receipts = _spend(_budgets(user, name, network), name, user)
    if user:
        right = user.check_password(password)
    else:
        right = False
        make_password(password)  # so that the answer takes as long as for somebody's name
    if not (user and right and user.is_active):
        security_events.note("login_failed", actor_name=name, user_id=user.pk if user else None)
        raise AuthenticationFailed(REFUSED, code="wrong_credentials")
    for budget, receipt in receipts:
        budget.give_back(receipt)
    KnownNetwork.remember(user, network)
    with acting(actor=user):
        security_events.note("login")
    return user


def _budgets(user: User | None, name: str, network: str) -> list[Budget]:
    person = hashlib.sha256(name.encode()).hexdigest()[:32]
    both = Budget(f"login:{person}:{network}", PER_PERSON_AND_NETWORK)
    known = KnownNetwork.objects.filter(user_id=user.pk if user else 0, network=network)
    if known.exists():
        return [both]
    return [
        both,
        Budget(f"login:network:{network}", PER_NETWORK),
        Budget(f"login:person:{person}", PER_PERSON),
    ]


def _spend(budgets: list[Budget], name: str, user: User | None) -> list[tuple[Budget, str]]:
    receipts = []
    with ExitStack() as undo:
        for budget in budgets:
            try:
                receipt = budget.take()
            except TooMany:
                _note_limit(budget, name, user)
                raise
            undo.callback(budget.give_back, receipt)
            receipts.append((budget, receipt))
        undo.pop_all()
    return receipts


def _note_limit(budget: Budget, name: str, user: User | None) -> None:
    """Note that ``budget`` is used up: once in its window, however often somebody tries."""
    security_events.note_rarely(
        "login_limited",
        budget.name,
        seconds=budget.seconds,
        actor_name=name,
        user_id=user.pk if user else None,
    )
