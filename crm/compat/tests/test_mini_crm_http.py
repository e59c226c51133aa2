"""001 over real HTTP: what its page does in a browser, and the examples of its README."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt

from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from crm.compat.tests.conftest import FRONTEND
from crm.compat.tests.mini_crm_page import ROOT, know
from crm.compat.tests.samples_mini_crm import JUAN, NOTES
from crm.tests.server import Server, environment
from customers.models import Customer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKED = {"Access-Control-Request-Headers": "authorization,content-type"}
DAY = 24 * 3600


class Page:
    """A script from ``FRONTEND``: asks before it sends, and reads only what it may."""

    def __init__(self, server: Server) -> None:
        self.server, self.token = server, ""

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return the status and the body of the answer; ``None`` is sent as axios does, null."""
        sent = None if method == "GET" else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self._sent(method, path, sent, headers)

    def login(self, name: str, password: str = PASSWORD) -> tuple[int, Any]:
        form = urlencode({"username": name, "password": password}).encode()
        status, body = self._sent("POST", "/auth/login", form, FORM)
        self.token = body.get("access_token", "")
        return status, body

    def _sent(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        asked = {"Origin": FRONTEND, "Access-Control-Request-Method": method, **ASKED}
        preflight, _nothing = self.server.ask("OPTIONS", ROOT + path, None, asked)
        assert preflight.status == 200
        assert method in preflight.headers["Access-Control-Allow-Methods"]
        answer, found = self.server.ask(method, ROOT + path, body, {"Origin": FRONTEND, **headers})
        for response in (preflight, answer):
            assert response.headers["Access-Control-Allow-Origin"] == FRONTEND
        return answer.status, json.loads(found) if found else None


def of_yesterday(token: str, key: str) -> str:
    """Return ``token`` as it would have been given a day before."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims | {"exp": claims["exp"] - DAY}, key, "HS256")


def test_what_the_page_does(server: Server, tmp_path: Path) -> None:
    make_user("root", role=Role.ADMIN)
    seller, page = make_user("sam"), Page(server)
    assert page.login("root", "wrong") == (401, {"detail": "Incorrect username or password"})
    assert page.login("root")[0] == 200
    assert page.ask("GET", "/auth/me")[1]["role"] == "admin"
    nothing = {"total": 0, "by_type": {}}
    assert page.ask("GET", "/clients/stats") == (200, nothing)
    clients = [
        page.ask("POST", "/clients/", {"client_type": "natural", "contact_name": name})[1]
        for name in ("Ana", "Eva", "Zoe")
    ]
    assert page.ask("GET", "/clients/?skip=0&limit=2") == (200, clients[:0:-1])
    assert page.ask("GET", "/clients/?skip=2&limit=2") == (200, clients[:1])
    changed = {**clients[0], "phone": "0412-345 67 89"}
    assert page.ask("PATCH", f"/clients/{clients[0]['id']}", changed)[1]["phone"] == "+584123456789"
    form = {"client_id": clients[0]["id"], "channel": "web", "admin_notes": "", "sales_notes": ""}
    status, lead = page.ask("POST", "/leads/", form)
    assert (status, lead["status"]) == (201, "new")
    path = f"/leads/{lead['id']}"
    assert page.ask("PATCH", f"{path}/status", {"status": "contacted"})[0] == 200
    assigned = page.ask("PATCH", f"{path}/assign?assigned_to_id={seller.pk}")
    assert assigned[1]["assigned_to_id"] == seller.pk
    assert page.ask("GET", path)[1]["assigned_to"]["username"] == "sam"
    assert page.ask("PATCH", f"{path}/assign")[1]["assigned_to_id"] is None
    numbers = {"by_status": {"contacted": 1}, "by_channel": {"web": 1}}
    assert page.ask("GET", "/leads/stats") == (200, numbers)
    assert [row["id"] for row in page.ask("GET", "/leads/recent?hours=24")[1]] == [lead["id"]]
    entries = page.ask("GET", f"/audit-logs/table/leads/{lead['id']}")[1]
    assert [entry["action"] for entry in entries] == [*["update"] * 3, "create"]
    assert {entry["user"]["username"] for entry in page.ask("GET", "/audit-logs/")[1][:8]} == {
        "root"
    }
    assert page.ask("DELETE", f"/clients/{clients[1]['id']}") == (204, None)
    page.token = of_yesterday(page.token, environment(tmp_path)["JWT_KEY"])
    expired = (401, {"detail": "Could not validate credentials"})
    assert page.ask("GET", "/auth/me") == page.ask("GET", "/leads/") == expired


def test_the_examples_of_the_readme(server: Server) -> None:
    make_user("admin", role=Role.ADMIN)
    page = Page(server)
    status, token = page.login("admin")
    assert (status, set(token), token["token_type"]) == (
        *(200, {"access_token", "token_type"}),
        "bearer",
    )
    status, client = page.ask("POST", "/clients", JUAN)
    assert (status, JUAN.items() <= client.items()) == (201, True)
    know("client", Customer.objects.get(), 1)
    form = {"client_id": 1, "channel": "web", "status": "new", **NOTES}
    status, lead = page.ask("POST", "/leads", form)
    assert (status, form.items() <= lead.items()) == (201, True)
    for path in ("/users", "/clients", "/clients/1", "/leads", "/leads/stats", "/health"):
        assert page.ask("GET", path)[0] == 200
    assert page.ask("GET", "/clients/search?name=Juan")[1][0]["id"] == 1
    assert page.ask("GET", "/clients/by-phone/+584123456789")[1]["id"] == 1
    answer, _page = server.ask("GET", f"{ROOT}/docs")
    assert answer.status == 200
