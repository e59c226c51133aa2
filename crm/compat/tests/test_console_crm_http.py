"""000 over real HTTP: what its README shows, and what the programs did that came after."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import ApiKey
from accounts.tests.make import make_key
from crm.compat.tests.samples_console_crm import LUCIA, WEB
from crm.compat.tests.test_console_crm import SCOPES
from crm.tests.key_counts import assert_counted_exactly
from crm.tests.server import Server, environment
from customers.models import Customer
from invoices.tests.make import make_company

ROOT = "/compat/console-crm"
POSTS, CLIENTS, LIMIT = 60, 8, 35


@pytest.fixture
def key(transactional_db: None, tmp_path: Any, settings: Any) -> ApiKey:
    settings.API_KEY_PEPPER = environment(tmp_path)["API_KEY_PEPPER"]
    return make_key(scopes=SCOPES)


def send(server: Server, key: ApiKey, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "x-api-key": key.secret}
    sent = json.dumps(body).encode() if body else None
    answer, found = server.ask(method, ROOT + path, sent, headers)
    return answer.status, json.loads(found)


def test_the_programs(server: Server, key: ApiKey) -> None:
    make_company()
    status, made = send(server, key, "POST", "/usuarios", LUCIA)
    assert (status, made) == (
        200,
        {
            "message": "✅ Usuario Lucía Martínez creado correctamente.",
            "usuarios_creados_hoy_con_esta_clave": 1,
            "limite_diario": 35,
        },
    )
    assert send(server, key, "POST", "/usuarios/", LUCIA)[0] == 400
    assert (
        send(server, key, "POST", f"/usuarios?{urlencode(LUCIA | {'email': 'b@c.es'})}")[0] == 200
    )
    assert send(server, key, "GET", "/usuarios?nombre=luc")[1]["email"] == LUCIA["email"]
    assert send(server, key, "POST", f"/facturas?{urlencode(WEB)}")[1]["numero"] == "FAC001"
    assert send(server, key, "GET", f"/facturas?email={LUCIA['email']}")[1]["total"] == 1
    report = send(server, key, "GET", "/reportes")[1]["reporte"]
    assert report["resumen_general"]["ingresos_pendientes"] == 150.5
    answer, _found = server.ask("POST", f"{ROOT}/usuarios", json.dumps(LUCIA).encode())
    assert answer.status == 422


def test_defect_parallel_calls_passed_the_limit(server: Server, key: ApiKey) -> None:
    def post(number: int) -> int:
        body = LUCIA | {"email": f"{number}@email.com"}
        return send(server, key, "POST", "/usuarios", body)[0]

    with ThreadPoolExecutor(CLIENTS) as clients:
        statuses = Counter(clients.map(post, range(POSTS)))
    assert statuses == {200: LIMIT, 429: POSTS - LIMIT}
    assert Customer.objects.count() == LIMIT
    assert_counted_exactly(key)
