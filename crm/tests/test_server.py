"""bin/serve as it is shipped, with real clients."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.tests.samples import MULTIPART
from crm.tests.server import (
    DAWDLERS,
    GO_ON,
    JSON,
    PASSWORD,
    PATIENCE,
    ROOT,
    SERVE,
    SLOW_BODY,
    SLOW_HEAD,
    THREADS,
    UNREAD,
    WSGI,
    Server,
    dawdlers,
    environment,
    running,
    until_awaited,
)
from customers.tests.pictures import content

SHEET = os.urandom(20_000_000)  # more than the kernel takes for a client that does not read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A new installation with a user, an empty database and a file to serve."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(migrated, folder)
    subprocess.run(
        [sys.executable, "manage.py", "first_start", "--no-demo"],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    (folder / "static").mkdir()
    (folder / "static" / "ñ%41.css").write_bytes(SHEET)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with running(SERVE, folder) as server:
        yield server


def token(server: Server) -> str:
    login = json.dumps({"username": "admin", "password": PASSWORD}).encode()
    _, body = server.ask("POST", "/api/v1/auth/login", login)
    return f"Bearer {json.loads(body)['access_token']}"


@pytest.mark.parametrize("start", [SLOW_HEAD, SLOW_BODY, UNREAD], ids=["head", "body", "answer"])
def test_clients_that_dawdle_keep_nobody_waiting(start: bytes, server: Server) -> None:
    with dawdlers(server, start) as clients:
        until_awaited(clients, 0 if start == SLOW_HEAD else DAWDLERS)
        assert server.ask("GET", "/health")[0].status == 200
        assert server.ask("GET", "/api/v1/customers")[0].status == 401


def test_slow_bodies_stop_the_careless_twin(folder: Path) -> None:
    with running(WSGI, folder) as twin:
        assert twin.ask("GET", "/health")[0].status == 200
        with dawdlers(twin, SLOW_BODY) as clients:
            until_awaited(clients, THREADS)
            with pytest.raises(TimeoutError):
                twin.ask("GET", "/health", timeout=3)


def test_a_request_that_has_begun_is_answered_before_the_server_stops(folder: Path) -> None:
    with running(SERVE, folder) as server, server.connect(SLOW_BODY) as client:
        assert client.recv(100) == GO_ON
        server.process.terminate()
        client.sendall(json.dumps({"username": "x", "password": "y"}).ljust(40).encode())
        assert client.recv(12) == b"HTTP/1.1 401"
        client.close()
        # Not asked once more: at its very end a second signal would kill it.
        assert server.process.wait(PATIENCE) == 0


def test_the_answer_to_head_is_that_to_get_without_its_content(server: Server) -> None:
    for path in ("/health", "/static/%C3%B1%2541.css"):
        (head, nothing), (answer, body) = server.ask("HEAD", path), server.ask("GET", path)
        assert (head.status, nothing) == (200, b"")
        assert head.headers.get_all("Content-Length") == [str(len(body))]
        assert answer.headers.get_all("Content-Length") == [str(len(body))]


def test_a_static_file_arrives_whole_under_its_decoded_name(server: Server) -> None:
    assert server.ask("GET", "/static/%C3%B1%2541.css")[1] == SHEET
    assert server.ask("GET", "/static/%C3%B1%41.css")[0].status == 404


def test_a_photo_is_uploaded_and_downloaded(server: Server) -> None:
    signed = {**JSON, "Authorization": token(server)}
    person = b'{"name": "Ana", "client_type": "natural"}'
    answer, body = server.ask("POST", "/api/v1/customers", person, signed)
    assert answer.status == 201, body
    photo = f"/api/v1/customers/{json.loads(body)['id']}/photo"
    upload = b'--limit\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
    upload += content("PNG", size=(3000, 3000)) + b"\r\n--limit--\r\n"
    headers = {**signed, "Content-Type": MULTIPART, "If-Match": answer.headers["ETag"]}
    assert server.ask("PUT", photo, upload, headers)[0].status == 200
    answer, picture = server.ask("GET", photo, headers=signed)
    assert answer.headers["Content-Type"] == "image/webp"
    assert len(picture) == int(answer.headers["Content-Length"])
    head, nothing = server.ask("HEAD", photo, headers=signed)
    assert (head.headers["Content-Length"], nothing) == (str(len(picture)), b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "6000001"}, 413),
        ({"Content-Length": "9" * 18}, 413),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
    ids=str,
)
def test_a_body_without_a_sensible_length_is_refused_unread(
    server: Server, headers: dict[str, str], status: int
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n"
    with server.connect(head.encode()) as client, client.makefile("rb") as answer:
        assert int(answer.readline().split()[1]) == status
        assert b"connection: close" in answer.read()  # and it is closed
