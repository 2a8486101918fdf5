"""Ways to reach people, one file each: a module here with `KIND` and `send(notice, url)` is a notifier; `notices.yaml` names it
by its kind. `send` delivers once or raises `Undelivered`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.core.nouns import Notice

    Send = Callable[[Notice, str], None]


def notifiers() -> Mapping[str, Send]:
    """Kind → send, found by folder."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    return {module.KIND: module.send for module in modules}
