"""Gives every request its id and a line in the log, as our service does."""

import json
import logging
import re
import sys
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
logger = logging.getLogger("peer.requests")
logger.setLevel(logging.INFO)
logger.addHandler(logging.StreamHandler(sys.stdout))


class RequestContext:
    """Plain ASGI: the framework's middleware base class costs a task per request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            log(scope, status, time.perf_counter() - started)


def log(scope: Scope, status: int, seconds: float) -> None:
    route = scope.get("route")
    line = {
        "level": "INFO",
        "message": "request",
        "request_id": scope["state"]["request_id"],
        "method": scope["method"],
        "route": route.path if route else "",
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "user_id": scope["state"].get("user_id"),
    }
    logger.info(json.dumps(line))
