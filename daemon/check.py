"""Turns a configuration directory into what `atrium check` says about it: plain lines and an exit code."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from daemon.config import ConfigurationError, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from daemon.config import Complaint
    from daemon.core.site import Configuration, Site

FINE, WRONG = 0, 2


def check(directory: Path, *, as_json: bool = False, environ: Mapping[str, str] | None = None) -> tuple[int, list[str]]:
    """(exit code, lines): 0 and what was found, or 2 and every complaint."""
    try:
        configuration = load(directory, environ=environ)
    except ConfigurationError as error:
        return WRONG, [_json(error.complaints)] if as_json else _lines(error.complaints)
    return FINE, [_json((), configuration)] if as_json else [
        *map(_found, configuration.sites.values()),
        "Nothing to complain about.",
    ]


def _lines(complaints: tuple[Complaint, ...]) -> list[str]:
    count = len(complaints)
    return [*map(str, complaints), f"{count} complaint{'s' if count > 1 else ''}. Nothing was started or changed."]


def _json(complaints: tuple[Complaint, ...], configuration: Configuration | None = None) -> str:
    told = [{"file": one.file, "line": one.line, "what": one.what, "todo": one.todo} for one in complaints]
    sites = {} if configuration is None else {site.id: len(site.devices) for site in configuration.sites.values()}
    return json.dumps({"complaints": told, "sites": sites}, ensure_ascii=False)


def _found(site: Site) -> str:
    devices = site.devices.values()
    kinds = Counter(device.kind.id for device in devices)
    points = sum(not channel.absent for device in devices for channel in device.channels.values())
    rules = sum(len(device.limits) + len(device.signatures) for device in devices)
    each = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return (
        f"{site.id} ({site.name.en} {site.name.zh}): {len(site.rooms)} rooms, {len(devices)} devices ({each}), "
        f"{points} points, {rules} rules, {len(site.people)} people"
    )
