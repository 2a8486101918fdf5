"""Finds the kinds by folder: every module of `sensors` that exports KIND. Adding a kind = adding a file."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import sensors
from sensors.kit.expand import scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sensors.kit.condition import Scope
    from sensors.kit.words import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Kind id → kind, in order of module name. Two kinds of one id are a broken program."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(sensors.__path__, "sensors."):
        kind: Kind | None = None if module.ispkg else getattr(import_module(module.name), "KIND", None)
        if kind is None:
            continue
        if kind.id in found:
            raise ValueError(f"{module.name}: the kind {kind.id!r} is declared twice")
        found[kind.id] = kind
    return MappingProxyType(found)


@cache
def scopes() -> Mapping[str, Scope]:
    """What conditions may name of devices of each kind: what the reference plant has."""
    return MappingProxyType({name: scope_of(kind) for name, kind in kinds().items()})
