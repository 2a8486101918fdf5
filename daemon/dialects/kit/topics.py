"""Turns a topic into what its levels say, by templates such as `factory/{device}/data`; and tells commands from readings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from daemon.dialects.kit.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMANDS = frozenset(
    (
        *("set", "down", "cmd", "command", "commands", "write", "rw_prot", "ncmd", "dcmd", "rpc", "get", "request", "invoke"),
        *("set_reply", "get_reply", "post_reply", "ack", "cmnd", "downlink"),
    )
)
LONGEST = 1024  # characters of a topic that is looked at
WORDS = ("site", "device", "point")
_HOLE = re.compile(r"\{(site|device|point)\}")


class Said(NamedTuple):
    """What a topic names in the source's words, "" where it does not."""

    site: str = ""
    device: str = ""
    point: str = ""


class Topics:
    """The templates of one source. `+` stands for a level that says nothing, `#` for the rest."""

    def __init__(self, templates: Iterable[str]) -> None:
        self.patterns = [re.compile(pattern(template)) for template in templates]
        self.memo: Memo[str, Said] = Memo(self._said)

    def __call__(self, topic: str) -> Said:
        """What it says; nothing where no template fits."""
        return self.memo(topic)

    def _said(self, topic: str) -> Said:
        for template in self.patterns if len(topic) <= LONGEST else ():
            if found := template.fullmatch(topic):
                return Said(**found.groupdict())
        return Said()


def pattern(template: str) -> str:
    """The regular expression of a template."""
    levels = [_level(level) for level in template.split("/")]
    if levels[-1] != ".*":
        return "/".join(levels)
    return "/".join(levels[:-1]) + "(?:/.*)?" if len(levels) > 1 else ".*"


def _level(level: str) -> str:
    if level == "#":
        return ".*"
    if level == "+":
        return "[^/]*"
    parts = _HOLE.split(level)
    return "".join(f"(?P<{part}>[^/]+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))


def is_command(topic: str) -> bool:
    """Something told to equipment, or the answer to it: none of our business."""
    return topic.rpartition("/")[2].lower() in COMMANDS
