"""Finds the dialects by folder: each file here that is not a package turns bytes of one payload family into samples.

A dialect exports `NAME` and `decode(topic, payload, at) -> list[Sample | Rejected]`, which never raises. Adding one =
adding a file; what several of them need lies in `kit/`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Rejected, Sample

Dialect = Callable[[str, bytes, float], "list[Sample | Rejected]"]


@cache
def dialects() -> Mapping[str, Dialect]:
    """Name → decode, for every file in this folder."""
    names = sorted(entry.name for entry in iter_modules(__path__) if not entry.ispkg)
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return MappingProxyType({module.NAME: module.decode for module in modules})
