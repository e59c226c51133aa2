"""Unsafe or senseless settings do not start; safe ones say what a browser is told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import User
from crm.databases import database
from crm.tests.starting import complaints

ROOT = Path(settings.BASE_DIR)
KEYS = {
    "SECRET_KEY": "s3cret-" * 8,
    "JWT_KEY": "j0ken-" * 8,
    "API_KEY_PEPPER": "p3pper-" * 8,
    "AUDIT_KEY": "aud1t-key-0f-these-" * 3,
}
PRODUCTION = {
    **KEYS,
    "DEBUG": "false",
    "TLS": "true",
    "ALLOWED_HOSTS": "crm.example.org",
    "BASE_URL": "https://crm.example.org",
}


def only(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Return an environment of nothing but ``environment``, with data in ``folder``."""
    # No .env of a developer may answer for what is missing.
    empty = dict.fromkeys((*KEYS, "DATABASE_URL", "LOG_LEVEL", "BASE_URL"), "")
    inherited = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)}
    unset = empty | {"LOG_LEVEL": "INFO", "DEBUG": "false", "TLS": "false"}
    return inherited | unset | environment


def python(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with nothing in its environment but ``environment``, and data in ``folder``."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=only(environment, folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"SECRET_KEY": ""}, "SECRET_KEY must be set"),
    ({"SECRET_KEY": "x" * 31}, "SECRET_KEY must be set to at least 32"),
    ({"JWT_KEY": ""}, "JWT_KEY must be set"),
    ({"API_KEY_PEPPER": ""}, "API_KEY_PEPPER must be set"),
    ({"AUDIT_KEY": ""}, "AUDIT_KEY must be set"),
    ({"AUDIT_OLD_KEYS": "1:short"}, "AUDIT_OLD_KEYS must be"),
    ({"AUDIT_KEY_ID": "a.b"}, "names no audit key"),
    ({"JWT_KEY": "short"}, "JWT_KEY must be set to at least 32"),
    ({"DATABASE_URL": "mysql://crm@db/crm"}, "DATABASE_URL starts with 'mysql'"),
    ({"DATABASE_URL": "postgres://crm:hunter2@db:port/crm"}, "DATABASE_URL cannot be read"),
    ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL cannot be read"),
    ({"EMAIL_URL": "smtp://crm:hunter2@mail:port"}, "EMAIL_URL cannot be read"),
    ({"WHATSAPP_URL": "http://gateway.example.org"}, "WHATSAPP_URL is an https:// address"),
    ({"WHATSAPP_URL": "https://gateway.example.org"}, "WHATSAPP_URL needs WHATSAPP_TOKEN"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'"),
    ({"TRUSTED_PROXIES": "10.0.0.0/8,proxy"}, "TRUSTED_PROXIES: 'proxy' does not appear"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each of the environments that are refused."""
    folder = tmp_path_factory.mktemp("refused")
    tried = [PRODUCTION, *(PRODUCTION | wrong for wrong, _ in REFUSED)]
    nothing, *found = complaints([only(environment, folder) for environment in tried])
    assert nothing == ""
    return dict(zip([str(wrong) for wrong, _ in REFUSED], found, strict=True))


@pytest.mark.parametrize(("wrong", "sentence"), REFUSED, ids=str)
def test_it_refuses_to_start_and_says_why(
    said: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    *_, last = said[str(wrong)].splitlines()
    assert last.startswith("django.core.exceptions.ImproperlyConfigured")
    assert sentence in said[str(wrong)]
    assert "hunter2" not in last


def test_a_command_says_so_too_instead_of_running(tmp_path: Path) -> None:
    result = python("manage.py", "migrate", folder=tmp_path, **PRODUCTION | {"JWT_KEY": ""})
    assert result.returncode == 1
    assert "JWT_KEY must be set" in result.stderr
    assert not list(tmp_path.iterdir())


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    result = python(*check, folder=tmp_path, **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("unsafe", [{"DEBUG": "true"}, {"TLS": "false"}], ids=str)
def test_what_is_unsafe_in_production_does_not(tmp_path: Path, unsafe: dict[str, str]) -> None:
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    result = python(*check, folder=tmp_path, **PRODUCTION | unsafe)
    assert result.returncode == 1
    assert "security.W" in result.stderr


def test_the_documentation_can_be_switched_off(tmp_path: Path) -> None:
    ask = "[print(Client().get(path).status_code) for path in ('/docs', '/openapi.json')]"
    script = f"import django; django.setup()\nfrom django.test import Client\n{ask}"
    environment = PRODUCTION | {"DOCS_ENABLED": "false", "ALLOWED_HOSTS": "testserver"}
    environment |= {"TLS": "false", "LOG_LEVEL": "CRITICAL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "crm.settings"}
    result = python("-c", script, folder=tmp_path, **environment)
    assert result.stdout.split() == ["404", "404"], result.stderr


# --- Where the data is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", "data/crm.sqlite3"),
        ("crm.db", "crm.db"),
        ("{folder}/x.db", "{folder}/x.db"),
        ("{folder}/new/folder/x.db", "{folder}/new/folder/x.db"),
        ("sqlite:///crm.db", "crm.db"),
        ("sqlite:///{folder}/x.db", "{folder}/x.db"),
    ],
)
def test_a_file_is_sqlite(tmp_path: Path, url: str, name: str) -> None:
    found = database(url.format(folder=tmp_path), Path("data"))
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == Path(name.format(folder=tmp_path))
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_is_postgresql() -> None:
    for scheme in ("postgres", "postgresql"):
        found = database(f"{scheme}://crm:p%40ss@db.example.org:5433/sales", Path("data"))
        assert found["ENGINE"] == "django.db.backends.postgresql"
        assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("sales", "crm", "p@ss")
        assert (found["HOST"], found["PORT"]) == ("db.example.org", 5433)
        assert "statement_timeout" in found["OPTIONS"]["options"]


def test_plans_are_kept_unless_a_pooler_cannot() -> None:
    address = "postgres://crm@db.example.org/sales"
    assert database(address, Path("data"))["OPTIONS"]["prepare_threshold"] == 0
    assert database(address, Path("data"), prepared=False)["OPTIONS"]["prepare_threshold"] is None


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://crm@db/crm", "oracle://x", "://", "http://example.org/crm.db"),
        *("sqlite://crm.db", "sqlite:///", "sqlite://", "sqlite://:memory:", ":memory:", "/", "."),
        *("postgres://", "postgres://db", "postgres://db/", "postgres://db:port/crm"),
        "/dev/null/x.db",
    ],
)
def test_what_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        database(url, Path("data"))


# --- Behind TLS ----------------------------------------------------------------------------------

SHOWN = [
    *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"),
    *("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY"),
    *("CSRF_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
    *("SECURE_SSL_REDIRECT", "SECURE_SSL_HOST", "SECURE_PROXY_SSL_HEADER", "DEBUG"),
    *("CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"),
]
SHOW = f"""
import json, django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
django.setup()
from django.test import Client
def ask(path, **options):
    response = Client().get(path, headers={{"Host": "crm.example.org"}}, **options)
    return [response.status_code, dict(response.headers)]
print(json.dumps({{
    "settings": {{name: getattr(settings, name) for name in {SHOWN}}},
    "api": ask("/api/v1/customers"), "page": ask("/docs"), "health": ask("/health"),
    "secure": ask("/health", secure=True),
    "proxied": ask("/health", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_PROTO="https"),
    "claimed": ask("/api/v1/customers", HTTP_X_FORWARDED_PROTO="https"),
}}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the project says of itself, and answers, as production would be configured."""
    environment = PRODUCTION | {
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "TRUSTED_PROXIES": "10.0.0.0/8",
        "LOG_LEVEL": "CRITICAL",
    }
    result = python("-c", SHOW, folder=tmp_path_factory.mktemp("data"), **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_plain_http_is_refused_for_the_api_and_redirected_for_people(production: Any) -> None:
    status, headers = production["api"]
    assert status == 403
    assert headers["Content-Type"] == "application/problem+json"
    status, headers = production["page"]
    assert (status, headers["Location"]) == (301, "https://crm.example.org/docs")
    assert production["health"][0] == 200  # a load balancer asks from inside


def test_only_a_proxy_of_ours_says_that_it_was_https(production: Any) -> None:
    assert "Strict-Transport-Security" in production["proxied"][1]
    assert production["claimed"][0] == 403


def test_browsers_are_told_to_come_back_encrypted_only(production: Any) -> None:
    _, headers = production["secure"]
    policy = headers["Strict-Transport-Security"]
    assert policy == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in production["health"][1]


@pytest.mark.any_database
def test_cookies_travel_encrypted_and_to_us_alone(
    production: Any, settings: Any, alice: User
) -> None:
    for name, value in production["settings"].items():
        setattr(settings, name, value)
    browser = Client(headers={"Host": "testserver"})
    browser.get("/admin/login/", secure=True)
    form = {"username": "alice", "password": "correct horse battery staple"}
    assert browser.post("/admin/login/", form, secure=True).status_code == 302
    assert {name for name in browser.cookies if name.startswith("__Host-")} >= {
        "__Host-session",
        "__Host-csrf",
    }
    for name in ("__Host-session", "__Host-csrf"):
        cookie = browser.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_nothing_is_open_by_default(production: Any) -> None:
    assert production["settings"]["CORS_ALLOWED_ORIGINS"] == []
    assert production["settings"]["CSRF_TRUSTED_ORIGINS"] == ["https://crm.example.org"]
