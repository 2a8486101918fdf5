"""Turns a source's words for devices and points into ours, as the configuration maps them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from daemon.core.source import Rename
from daemon.dialects.kit.strict import Flaw, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daemon.core.source import Place, Source
    from daemon.dialects.kit.topics import Said

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_AS_IT_IS = Rename()
_NONE: Mapping[str, Rename] = {}


class Names:
    """One source's words."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.shared = source.points.get(None, _NONE)
        self.own = {place: rules for place, rules in source.points.items() if place is not None}

    def place(self, words: Iterable[str], said: Said) -> Place | Flaw:
        """Our device. `words` are what the payload says, the most telling first; `said` is what topic or `field` says.

        What `devices` maps wins, then `device`, which stands for all the rest; then a word that is an id itself.
        """
        source, words = self.source, [*words, said.device]
        for word in words:
            if (found := source.devices.get(word)) is not None:
                return found
        site = said.site or source.site
        if site and source.device:
            return site, source.device
        for word in (said.device, *words):
            if site and _ID.fullmatch(word):
                return site, word
        return self._nobody(words)

    def rename(self, place: Place, names: Iterable[str]) -> tuple[str, Rename]:
        """The name under which a value goes on, and what is done to it. `names` are theirs, the most telling first; the last is
        kept where nothing is mapped."""
        own, name = self.own.get(place, _NONE), ""
        for name in names:
            rule = own.get(name) or self.shared.get(name)
            if rule is not None:
                return rule.point or name, rule
        return name, _AS_IT_IS

    def _nobody(self, words: list[str]) -> Flaw:
        named = ", ".join(shown(word, 40) for word in words if word) or "nothing names one"
        return Flaw("unknown-device", f"no device of ours: {named}; map it under devices: of source {self.source.id}")
