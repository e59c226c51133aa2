"""004 over real HTTP: what the scripts do, from a lead to the end of its process."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat.tests.samples_crm_microservice import JOHN
from crm.tests.server import Server, environment

ROOT = "/compat/crm-microservice"


class Script:
    """Sends JSON with a key, and nothing else."""

    def __init__(self, server: Server, key: str) -> None:
        self.server = server
        self.headers = {"Content-Type": "application/json", "x-api-key": key}

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Return the body of an answer that is a 200."""
        status, found = self.try_to(method, path, body)
        assert status == 200, found
        return found

    def try_to(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = json.dumps(body).encode() if body else None
        answer, found = self.server.ask(method, ROOT + path, sent, self.headers)
        return answer.status, json.loads(found)


@pytest.fixture(autouse=True)
def pepper(transactional_db: None, tmp_path: Any, settings: Any) -> None:
    settings.API_KEY_PEPPER = environment(tmp_path)["API_KEY_PEPPER"]


def test_the_scripts(server: Server) -> None:
    script = Script(server, make_key(scopes=[Scope.LEADS_READ, Scope.LEADS_WRITE]).secret)
    lead = script.send("POST", "/leads/", JOHN)
    assert script.try_to("POST", "/leads", JOHN)[0] == 400
    today = datetime.now(UTC).replace(microsecond=0)
    mail = {"lead_id": lead["id"], "action_type": "email", "details": "Sent welcome email"}
    action = script.send("POST", "/actions/", {**mail, "timestamp": f"{today:%Y-%m-%d %H:%M:%S}"})
    [process] = script.send("GET", f"/processes/?lead_id={lead['id']}&status=active")
    assert process["last_action_id"] == action["id"]
    assert process["next_followup_datetime"] == f"{today + timedelta(days=7):%Y-%m-%d %H:%M:%S}"
    script.send("PUT", f"/actions/{action['id']}", {"details": "Updated action details"})
    told = script.send("GET", "/actions/?action_type=email")
    assert [row["description"] for row in told] == ["Updated action details"]
    path = f"/processes/{process['id']}"
    assert script.send("PUT", path, {**process, "status": "completed"})["status"] == "completed"
    script.send("PUT", f"/leads/{lead['id']}", {"name": "John Updated", "status": "contacted"})
    assert [row["name"] for row in script.send("GET", "/leads/?status=contacted")] == [
        "John Updated"
    ]
    assert script.send("DELETE", path) == {"message": "Process deleted"}
    assert script.send("DELETE", f"/actions/{action['id']}") == {"message": "Action deleted"}
    assert script.send("DELETE", f"/leads/{lead['id']}") == {"message": "Lead deleted"}
    gone = {"detail": "Lead not found", "error": "Lead not found"}
    assert script.try_to("GET", f"/leads/{lead['id']}") == (404, gone)
    assert script.send("GET", "/leads/") == []
    assert Script(server, "key1").try_to("GET", "/leads/")[0] == 401
    assert script.send("GET", "/health")
