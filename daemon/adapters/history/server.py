"""One InfluxDB or VictoriaMetrics over HTTP: bodies of lines go there, questions are answered. What fails is in words.

Connections, time-outs and the key are influxdb-client's business; its own batching is not used, because it drops.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from daemon.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.site import HistoryServer

TIMEOUT = 10_000  # ms
_PLAIN = {"Content-Encoding": "gzip", "Content-Type": "text/plain; charset=utf-8"}
_BUSY = (401, 403, 404, 408, 429)  # wrong key, no bucket yet, too fast: put right some day, so nothing may be dropped for it
_Query = list[tuple[str, str]]


class Server:
    """Where lines go and questions are asked. Usable from several threads."""

    def __init__(self, place: HistoryServer) -> None:
        self.place = place
        basic = ":" in place.token  # InfluxDB 1: user:password
        self._headers = {"Authorization": "Basic " + base64.b64encode(place.token.encode()).decode()} if basic else {}
        self._client = InfluxDBClient(place.url, token="" if basic else place.token, org=place.org, timeout=TIMEOUT)
        self._path, self._query = _where(place)

    def ping(self) -> bool:
        """Does it answer at all? Every version does to this question."""
        return bool(self._client.ping())

    def write(self, body: bytes) -> None:
        """Store gzipped lines. Raises Undelivered, `for_good` where the store refuses the lines themselves."""
        self._call(self._path, "POST", self._query, body, _PLAIN)

    def ask(self, path: str, query: Sequence[tuple[str, str]], method: str = "GET") -> bytes:
        """The body of an answer. Raises Undelivered."""
        return bytes(self._call(path, method, list(query)).data)

    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call]

    def _call(
        self, path: str, method: str, query: _Query, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Any:  # noqa: ANN401 - urllib3's answer
        wishes: dict[str, Any] = {
            "response_type": None,
            "auth_settings": [],
            "_preload_content": False,
            "_return_http_data_only": False,
        }
        try:
            answer, status, _ = self._client.api_client.call_api(  # type: ignore[no-untyped-call]
                path, method, {}, query, {**self._headers, **(headers or {})}, body=body, **wishes
            )
        except ApiException as refused:
            raise _undelivered(refused.status, _said(refused.body)) from refused
        except (HTTPError, OSError) as away:
            raise Undelivered(f"{self.place.url} does not answer: {type(away).__name__}") from away
        if status >= 300:
            raise _undelivered(status, _said(answer.data))
        return answer


def _where(place: HistoryServer) -> tuple[str, _Query]:
    """InfluxDB 1 writes to a database, 2 and 3 to a bucket of an organisation; VictoriaMetrics needs neither."""
    precision = ("precision", "ms" if place.read == "promql" else "us" if place.bucket else "u")
    if place.database:
        return "/write", [("db", place.database), precision]
    named = [("org", place.org), ("bucket", place.bucket)]
    return "/api/v2/write", [*[pair for pair in named if pair[1]], precision]


def _undelivered(status: int, said: str) -> Undelivered:
    return Undelivered(f"{status}: {said}", for_good=400 <= status < 500 and status not in _BUSY)


def _said(body: object) -> str:
    """The sentence in an answer, briefly."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body or "")
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text[:200]
    return str(found.get("message") or found.get("error") or text)[:200] if isinstance(found, dict) else text[:200]
