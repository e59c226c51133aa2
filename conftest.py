"""What every test shares: a few people, clients that hold the API to its contract, tidy tables."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_user
from crm.management.commands.migrate import Command
from crm.tests.audit_check import faults
from crm.tests.clients import ApiClient, signed_in
from crm.tests.emptying import Emptied
from crm.tests.migrated import Kept
from invoices import printing

_numbers = count(1)
# There is a test database: no test of the run may have asked for one.
SET_UP = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests for which any database will do, on one that is not the first",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    needing = [item for item in items if needs_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(needing)])
    items[:] = needing


def pytest_collection() -> None:
    """Look for no garbage while the tests are found: nearly all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays: looking through it was a sixth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def needs_database(item: pytest.Item) -> bool:
    """Tell whether the outcome of a test may depend on which database it is."""
    if item.get_closest_marker("any_database") and not item.get_closest_marker("every_database"):
        return False
    fixtures = getattr(item, "fixturenames", ())
    return bool({"db", "transactional_db"} & set(fixtures) or item.get_closest_marker("django_db"))


@pytest.fixture(scope="session", autouse=True)
def static_files_are_listed_once() -> Iterator[None]:
    """Let clients share the list of static files, which each would make anew from the disk."""
    listing = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, Any] = {}

    def share(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            listing(middleware)
            listed.update(middleware.files)
        middleware.files = listed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", share)
        yield


@pytest.fixture(autouse=True)
def quick_and_private(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hash quickly, speak English, and keep every test's uploads to itself."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS[1:],
    ]
    # Made by the first upload and the first seal: few tests have any.
    own = tmp_path_factory.getbasetemp() / f"own{next(_numbers)}"
    settings.MEDIA_ROOT = str(own / "media")
    settings.AUDIT_ANCHORS = own / "audit-anchors.jsonl"
    # A request leaves its language behind in the thread, as Django's own do.
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def nothing_is_printed_by_forks(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads of the typesetter do not live on in a forked process, which then waits for ever.

    Servers start their workers before any of them prints.
    """
    if request.node.get_closest_marker("race"):

        def leave_it(invoice: Any) -> None:
            """Leave the file to whoever asks for it first."""

        monkeypatch.setattr(printing, "printout", leave_it)


@pytest.fixture(scope="session")
def copying(
    django_db_modify_db_settings_parallel_suffix: None,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[pytest.MonkeyPatch]:
    """Let the set-up of the test database copy what one process migrated."""
    cache: Any = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("migrated") if cache else tmp_path_factory.mktemp("kept")
    migrate: Any = Command.handle

    def handle(*args: Any, **options: Any) -> None:
        Kept(folder).fill(lambda: migrate(*args, **options))
        pytestconfig.stash[SET_UP] = True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Command, "handle", handle)
        yield patch


@pytest.fixture(scope="session")
def django_db_modify_db_settings(copying: pytest.MonkeyPatch) -> None:
    """The last that Django's plugin asks for before it migrates."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    pytestconfig: pytest.Config,
    copying: pytest.MonkeyPatch,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Migrate as always from now on, and empty the tables our way after a test."""
    copying.undo()
    if SET_UP not in pytestconfig.stash:
        yield
        return
    with django_db_blocker.unblock():
        emptied = Emptied()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", lambda *_args, **_options: emptied.again())
        yield


@pytest.fixture(autouse=True)
def live_rows_equal_their_newest_history(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that used the database: no row and no history without the other.

    Whatever wrote, the tallies count what is there.
    """
    uses_database = {"db", "transactional_db"} & set(request.fixturenames)
    for fixture in uses_database:
        request.getfixturevalue(fixture)  # so that it is torn down after the check
    yield
    if uses_database:
        assert faults() == []


@pytest.fixture(scope="session")
def migrated(
    django_db_setup: None,
    django_db_blocker: Any,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A SQLite file with every table and no rows, for tests that start programs of ours."""
    path = tmp_path_factory.mktemp("migrated") / "crm.sqlite3"
    if connection.vendor == "sqlite" and SET_UP in pytestconfig.stash:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
    else:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environment = os.environ | {"DATABASE_URL": str(path), "DEBUG": "true"}
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    return path


@pytest.fixture
def templates_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render without noting what was rendered with what, which costs a tenth of a page."""
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))


@pytest.fixture
def alice(db: None) -> User:
    """The administrator."""
    return make_user("alice", role=Role.ADMIN)


@pytest.fixture
def maria(db: None) -> User:
    """Of management."""
    return make_user("maria", role=Role.MANAGEMENT)


@pytest.fixture
def sam(db: None) -> User:
    """In sales."""
    return make_user("sam", role=Role.SALES)


@pytest.fixture
def sue(db: None) -> User:
    """In sales too: what is hers is none of sam's business."""
    return make_user("sue", role=Role.SALES)


@pytest.fixture
def api() -> ApiClient:
    """A client without a token."""
    return ApiClient()


@pytest.fixture
def as_user(db: None) -> Callable[[User], ApiClient]:
    """``as_user(sam)`` is a client with sam's token."""
    return signed_in


@pytest.fixture
def as_alice(alice: User) -> ApiClient:
    return signed_in(alice)


@pytest.fixture
def as_maria(maria: User) -> ApiClient:
    return signed_in(maria)


@pytest.fixture
def as_sam(sam: User) -> ApiClient:
    return signed_in(sam)


@pytest.fixture
def back_office() -> Callable[[User], Client]:
    """``back_office(alice)`` is a browser in which alice has logged in."""

    def login(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return login
