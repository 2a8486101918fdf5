"""Configuration, store, history and the present → the web application: API, public pages, sign-in, shells of the built pages."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from dashboards import problems
from dashboards.api import alarms, devices, health, kpi, maintenance, public, review, stream, tickets, wall
from dashboards.headers import Bounds, Headers
from dashboards.pages import assets, docs, public_pages, staff_pages
from dashboards.shared import Shared
from dashboards.system import System
from dashboards.tail import Tail
from dashboards.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from starlette.types import Scope

    from daemon.core.site import Configuration
    from daemon.ports import Clock, History, Store
    from dashboards.live import Live

_TOPICS = (devices, alarms, tickets, review, wall, stream, kpi, public, maintenance)


def create_app(  # noqa: PLR0913 - everything a web process needs, by name
    configuration: Configuration,
    store: Store,
    history: History,
    live: Live,
    *,
    clock: Clock,
    photos: Path,
    production: bool,
    static: Path = assets.BUILT,
    restarts: Callable[[], Mapping[str, Any]] = dict,
    heard: Callable[[float, float], object] | None = None,
) -> FastAPI:
    """One application; `photos` is where cleaned pictures lie, `static` where the built pages do, `restarts` answers what the
    supervisor has written down; `heard` is told the watch's time (see `System`)."""
    app = FastAPI(title="Atrium", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life)
    app.state.shared = Shared(
        configuration,
        store,
        history,
        live,
        clock,
        photos,
        production,
        Tail(store),
        assets.read(static),
        Throttle(),
        System(store, restarts, heard),
    )
    _serve(app, static)
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Bounds)
    app.add_middleware(Headers)
    return app


def _serve(app: FastAPI, static: Path) -> None:
    """All addresses: the API, the pages, what they are made of."""
    api = APIRouter(prefix="/api/v1")
    for topic in _TOPICS:
        api.include_router(topic.router)
    for router in (api, health.router, docs.router, public_pages.router, staff_pages.router):
        app.include_router(router)
    app.mount("/assets", Kept(directory=assets.PUBLIC))
    if static.is_dir():
        app.mount("/static", Kept(directory=static))


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Listen to the present and follow the event log while the application runs."""
    shared: Shared = app.state.shared
    shared.live.start()
    following = [asyncio.create_task(work) for work in (shared.tail.run(), shared.system.run())]
    try:
        yield
    finally:
        for task in following:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        shared.live.stop()


class Kept(StaticFiles):
    """Files whose address changes with their content: a browser may keep them for ever."""

    def file_response(self, full_path: object, stat_result: object, scope: Scope, status_code: int = 200) -> object:  # type: ignore[override]
        answer = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer
