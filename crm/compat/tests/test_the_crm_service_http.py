"""002 over real HTTP: its Postman collection, which asks for a token before every request."""

import json
from typing import Any

from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from crm.tests.server import Server
from customers.models import Customer
from customers.tests.pictures import content

ROOT = "/compat/the-crm-service"
FORM = "multipart/form-data; boundary=limit"
START = b'--limit\r\nContent-Disposition: form-data; name="photo"; filename="p.png"\r\n\r\n'


class Collection:
    """Sends its requests as whoever signs in with ``PASSWORD``."""

    def __init__(self, server: Server, username: str) -> None:
        self.server, self.username = server, username

    def token(self) -> str:
        body = json.dumps({"username": self.username, "password": PASSWORD}).encode()
        answer, found = self.server.ask("POST", f"{ROOT}/auth/token", body)
        assert answer.status == 200
        return str(json.loads(found)["access_token"])

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """Return the status and the body of the answer."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": kind}
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        answer, found = self.server.ask(method, ROOT + path, sent, headers)
        return answer.status, json.loads(found) if found else None


def test_the_users_of_the_collection(server: Server) -> None:
    make_user("root", role=Role.ADMIN)
    admin = Collection(server, "root")
    user = {"username": "pablo", "password": PASSWORD, "is_admin": False}
    status, created = admin.send("POST", "/users", user)
    path = f"/users/{created['id']}"
    assert status == 201
    assert admin.send("GET", "/users?only_users=true&only_actives=true&page=1&size=10")[1] | {
        "items": [item["username"] for item in admin.send("GET", "/users")[1]["items"]]
    } == {"items": ["root", "pablo"], "total": 1, "page": 1, "size": 10}
    assert Collection(server, "pablo").send("GET", "/users")[0] == 403
    assert admin.send("PATCH", path, {"is_admin": "true"}) == (204, None)
    assert Collection(server, "pablo").send("GET", "/users")[0] == 200
    assert admin.send("DELETE", path) == (204, None)
    assert admin.send("PATCH", path, {"dt_deleted": "2021-11-13 22:21:00"}) == (204, None)
    assert admin.send("GET", "/users?only_actives=true")[1]["total"] == 1


def test_the_customers_of_the_collection(server: Server) -> None:
    make_user("sam")
    collection = Collection(server, "sam")
    pablo = {"id": "1", "name": "Pablo", "surname": "Ruiz", "photo_url": "https://x.example/p.jpg"}
    assert collection.send("POST", "/customers", pablo) == (201, None)
    assert Customer.objects.get().external_id == "1"
    assert collection.send("POST", "/customers/", pablo)[0] == 400
    assert collection.send("GET", "/customers?only_actives=true&page=1&size=50")[1]["total"] == 1
    assert collection.send("GET", "/customers/1")[1].items() >= pablo.items()
    assert collection.send("PATCH", "/customers/1", {"id": "2", "name": "Pedro"}) == (204, None)
    picture = START + content() + b"\r\n--limit--\r\n"
    status, shown = collection.send("PUT", "/customers/2/photo", picture, FORM)
    assert (status, shown["name"]) == (200, "Pedro")
    answer, found = server.ask("GET", shown["photo_url"])
    assert (answer.headers["Content-Type"], found[:4]) == ("image/webp", b"RIFF")
    assert collection.send("DELETE", "/customers/2") == (204, None)
    assert collection.send("GET", "/customers/2")[1]["dt_deleted"]
    answer, found = server.ask("GET", f"{ROOT}/customers/2")
    assert (answer.status, json.loads(found)) == (401, {"detail": "Not authenticated"})
    answer, found = server.ask("GET", f"{ROOT}/health")
    assert json.loads(found) == {"status": "OK"}
