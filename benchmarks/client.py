"""A plain HTTP client for what is not measured: the checks before."""

import http.client
import json
from dataclasses import dataclass
from typing import Any


@dataclass
class Client:
    """Talks to a server of ours on this machine with a token."""

    port: int
    token: str

    def get(self, path: str) -> Any:
        """Return the JSON answered with 200; raises ``RuntimeError`` for another status."""
        return self.expect(200, "GET", path)

    def expect(self, status: int, method: str, path: str, body: Any = None) -> Any:
        found, text = self.send(method, path, body)
        if found != status:
            raise RuntimeError(f"{method} {path} answered {found}, not {status}: {text[:500]}")
        return json.loads(text)

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()
