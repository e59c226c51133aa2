"""waitress in WEB_WORKERS processes on one socket: a candidate for bin/serve."""

import os
import signal
import socket
import sys
from typing import Any

import waitress

from crm.wsgi import application


def main() -> None:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((os.environ["HOST"], int(os.environ["PORT"])))
    listener.listen(1024)
    children = [child(listener) for _ in range(int(os.environ["WEB_WORKERS"]))]

    def stop(*_: object) -> None:
        for pid in children:
            os.kill(pid, signal.SIGTERM)
        sys.exit()

    signal.signal(signal.SIGTERM, stop)
    for pid in children:
        os.waitpid(pid, 0)


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer in one piece: waitress ends the connection after an answer of unknown length."""
    parts: Any = application(environ, start_response)
    try:
        return [b"".join(parts)]
    finally:
        parts.close()


def child(listener: socket.socket) -> int:
    pid = os.fork()
    if not pid:
        threads = int(os.environ.get("WEB_THREADS", "4"))
        waitress.serve(whole, sockets=[listener], threads=threads, backlog=1024)
        os._exit(0)
    return pid


if __name__ == "__main__":
    main()
