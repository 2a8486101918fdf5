"""Serves a process's figures and its state of health on a small port of their own: /metrics, /healthz, /readyz."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daemon.core.vitals import Check
    from daemon.metrics import Metrics

LOG = structlog.get_logger("health")
Page = tuple[int, str, bytes]  # status, content type, body


def ready_page(checks: Iterable[Check]) -> Page:
    """200 if every check is fine, else 503; each with its reason."""
    told = list(checks)
    ready = all(check.ok for check in told)
    body = {
        "status": "ready" if ready else "not ready",
        "checks": {c.name: {"ok": c.ok, **({"reason": c.reason} if c.reason else {})} for c in told},
    }
    return (200 if ready else 503), "application/json", json.dumps(body, ensure_ascii=False).encode()


def alive_page() -> Page:
    """The process answers."""
    return 200, "application/json", b'{"status": "ok"}'


def offer(host: str, port: int, metrics: Metrics, checks: Callable[[], list[Check]]) -> None:
    """Serve the figures and the health of this process; port 0: nowhere."""
    if port:
        serve(host, port, pages(metrics, checks))


def pages(metrics: Metrics, checks: Callable[[], list[Check]]) -> dict[str, Callable[[], Page]]:
    """Path → what to answer."""
    return {"/metrics": metrics.page, "/healthz": alive_page, "/readyz": lambda: ready_page(checks())}


def serve(host: str, port: int, pages: dict[str, Callable[[], Page]]) -> ThreadingHTTPServer | None:
    """Answer GET for these paths until the process ends. A port that is taken is said, and no reason to stop watching."""
    try:
        server = _Server((host, port), _handler(pages))
    except OSError as error:
        LOG.warning("figures are not served", host=host, port=port, reason=error.strerror)
        return None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 1.0}, name="health", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(pages: dict[str, Callable[[], Page]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        timeout = 5.0
        server_version = "Atrium"
        sys_version = ""

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            status, kind, body = page() if page else (404, "text/plain", b"")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002, ANN401 - the standard library's own names
            """Silence: it would be asked every few seconds."""

    return Handler
