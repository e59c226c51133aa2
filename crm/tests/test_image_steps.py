"""The container image's steps, run as far as they go without a container engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "SECRET_KEY": "k" * 48,
    "JWT_KEY": "j" * 48,
    "API_KEY_PEPPER": "p" * 48,
    "AUDIT_KEY": "a" * 48,
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the image with nothing in its environment but ``environment``."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": path, "DEBUG": "false", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def started(data: Path, *command: str, **environment: str) -> str:
    result = run("bin/entrypoint", *command, DATA_DIR=str(data), **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    logical = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [
        (word, rest) for word, _, rest in (line.partition(" ") for line in logical.splitlines())
    ]


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return parsed


def test_the_entrypoint_generates_secrets_once_that_only_the_owner_may_read(tmp_path: Path) -> None:
    show = ("sh", "-c", 'echo "$SECRET_KEY $JWT_KEY $ADMIN_PASSWORD"')
    first, second = started(tmp_path, *show).split(), started(tmp_path, *show).split()
    assert first == second
    assert len(set(first)) == 3
    assert [len(secret) for secret in first] == [64, 64, 19]
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_a_secret_given_from_outside_is_neither_replaced_nor_written_down(tmp_path: Path) -> None:
    assert started(tmp_path, "sh", "-c", "echo $SECRET_KEY", **KEYS).strip() == KEYS["SECRET_KEY"]
    assert "KEY" not in (tmp_path / "secrets.env").read_text("utf-8")


def test_two_installations_never_share_a_secret(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        started(tmp_path / name, "true")
    one, two = ((tmp_path / name / "secrets.env").read_text("utf-8") for name in ("one", "two"))
    assert not set(one.splitlines()) & set(two.splitlines())


def test_the_database_url_takes_the_password_from_its_file(tmp_path: Path) -> None:
    password = tmp_path / "password"
    assert run("bin/init-database-password", str(password)).returncode == 0
    written = password.read_text("ascii")
    run("bin/init-database-password", str(password))
    assert password.read_text("ascii") == written, "it was generated a second time"
    url = started(tmp_path, "sh", "-c", "echo $DATABASE_URL", DATABASE_PASSWORD_FILE=str(password))
    assert re.fullmatch(r"postgres://crm:[0-9a-f]{48}@db:5432/crm", url.strip())


def test_the_static_files_are_built_without_a_database_or_a_real_secret(tmp_path: Path) -> None:
    result = run("bin/build-static", STATIC_ROOT=str(tmp_path / "static"))
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "static").rglob("*.css"))


def test_the_health_check_fails_when_nothing_answers() -> None:
    result = run("bin/healthcheck", PORT="1")
    assert result.returncode == 1
    assert "does not answer" in result.stderr


def test_the_production_configuration_without_keys_refuses_to_start(tmp_path: Path) -> None:
    result = run(sys.executable, "manage.py", "check", DATA_DIR=str(tmp_path), SECRET_KEY="")
    assert result.returncode != 0
    assert "SECRET_KEY must be set" in result.stderr


def test_every_copied_file_exists_and_every_script_can_be_executed() -> None:
    lines = instructions()
    copied = [rest.split()[:-1] for word, rest in lines if word == "COPY" and "--from" not in rest]
    assert copied
    for source in (name for names in copied for name in names):
        assert (ROOT / source).exists(), source
    named = " ".join(rest for word, rest in lines if word != "COPY")
    for script in re.findall(r"\bbin/[a-z-]+", named.replace(".venv/bin/", "")):
        assert os.access(ROOT / script, os.X_OK), script


def test_the_image_ends_as_a_user_without_rights() -> None:
    last_stage = [word for word, _ in instructions()].index("USER")
    users = [rest.strip() for word, rest in instructions() if word == "USER"]
    assert users[-1].split(":")[0] not in ("root", "0", "")
    assert not any(word == "RUN" for word, _ in instructions()[last_stage:])


@pytest.mark.parametrize("secret", [".env", ".git", ".venv", "data/", "*.sqlite3*"])
def test_the_image_never_holds(secret: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert secret in ignored or (secret.startswith(".") and ".*" in ignored)
    assert not any(line.startswith("!") for line in ignored)


def test_the_compose_file_names_only_what_exists() -> None:
    stack = compose()
    for name, service in stack["services"].items():
        assert set(service.get("depends_on", {})) <= set(stack["services"]), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in stack["volumes"], volume
        if "build" in service:
            assert (ROOT / service["build"] / "Dockerfile").is_file()
            assert service["read_only"]
        command = service.get("entrypoint", [None])[0]
        assert command is None or os.access(ROOT / command, os.X_OK), command


def test_the_compose_file_holds_no_password_or_key() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            secret = re.search("KEY|PASSWORD|SECRET|TOKEN$", name) and not name.endswith("_FILE")
            assert not (secret and value), name


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "bin").iterdir()))
def test_the_script_parses(script: str) -> None:
    path = ROOT / "bin" / script
    source = path.read_text("utf-8")
    if "python" in source.splitlines()[0]:
        compile(source, script, "exec")
    else:
        assert run("bash", "-n", str(path)).returncode == 0
