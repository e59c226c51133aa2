"""003 over real HTTP: the form of the web shop, in a browser."""

import json
from typing import Any

from crm.compat.tests.conftest import FRONTEND
from crm.compat.tests.samples_crm_api import IVAN
from crm.tests.server import Server
from customers.models import Customer

REGISTER = "/compat/crm-api/register"
ORIGIN = {"Origin": FRONTEND}
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


def send(server: Server, path: str, form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Send the form as a script of the shop does; return what that may read."""
    preflight, _nothing = server.ask("OPTIONS", path, None, ORIGIN | ASKED)
    assert preflight.status == 200
    headers = ORIGIN | {"Content-Type": "application/json"}
    answer, body = server.ask("POST", path, json.dumps(form).encode(), headers)
    for response in (preflight, answer):
        assert response.headers["Access-Control-Allow-Origin"] == FRONTEND
    return answer.status, json.loads(body)


def test_the_form(server: Server) -> None:
    status, body = send(server, REGISTER, IVAN)
    assert (status, body["email"], body["phone"]) == (201, IVAN["email"], IVAN["phone"])
    assert Customer.objects.get().pk == body["id"]
    again = send(server, f"{REGISTER}/", IVAN)
    assert again == (400, {"detail": f"Пользователь с email {IVAN['email']} уже зарегистрирован"})
    status, body = send(server, REGISTER, {"email": "a@example.org"})
    assert (status, body["detail"][0]["loc"]) == (422, ["body", "name"])
    answer, _body = server.ask("GET", "/compat/crm-api/health", None, ORIGIN)
    assert answer.status == 200
