"""Counts what an ASGI application answers: requests by class of status, and the time to the head of each answer."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from daemon.metrics import Metrics

    Event = MutableMapping[str, Any]


class Counted:
    """The application, counted."""

    def __init__(self, application: Any, metrics: Metrics) -> None:  # noqa: ANN401 - any ASGI application
        self.application, self.metrics = application, metrics

    async def __call__(
        self, scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
    ) -> None:
        """One connection or request."""
        begun = perf_counter()

        async def tell(event: Event) -> None:
            if event["type"] == "http.response.start":
                self.metrics.count("atrium_http_requests_total", 1, f"{event['status'] // 100}xx")
                self.metrics.spread("atrium_http_seconds", perf_counter() - begun)
            await send(event)

        await self.application(scope, receive, tell)
