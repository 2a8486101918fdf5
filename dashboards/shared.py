"""What every page and every answer needs, handed in once at start: the dependencies of the application and who asks."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from daemon.core.site import Configuration, Site
from daemon.ports import Clock, History, Store
from dashboards.live import Live
from dashboards.pages.assets import Assets
from dashboards.system import System
from dashboards.tail import Tail
from dashboards.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything there is one of in a web process."""

    configuration: Configuration
    store: Store
    history: History
    live: Live
    clock: Clock
    photos: Path
    production: bool
    tail: Tail
    assets: Assets
    throttle: Throttle
    system: System
    hashing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(2))  # 64 MiB each
    cleaning: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(2))
    streams: dict[str, int] = field(default_factory=dict)  # open event streams per session

    def site(self, name: str | None) -> Site | None:
        """The named site; the first one where none is named."""
        if not name:
            return next(iter(self.configuration.sites.values()), None)
        return self.configuration.sites.get(name)


def of(request: Request) -> Shared:
    """The one the application was made with."""
    shared: Shared = request.app.state.shared
    return shared


Needs = Annotated[Shared, Depends(of)]
