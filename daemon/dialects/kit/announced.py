"""Remembers what Home Assistant's discovery messages announced: entity by entity, found by the topics they speak on."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from daemon.dialects.kit.strict import Flaw, shown, text_flaw

MOST = 20000  # entities of one source
_MOST_OF_ONE = 512  # in one message
_MOST_OF_TOPIC = 2048  # that speak on one topic: each of its messages is read once for all of them
_LONGEST = 256  # characters of a template
# Short forms the platform allows, as far as they are read here.
_SHORT = {
    "stat_t": "state_topic", "val_tpl": "value_template", "uniq_id": "unique_id", "obj_id": "object_id", "dev": "device",
    "ids": "identifiers", "unit_of_meas": "unit_of_measurement", "avty": "availability", "avty_t": "availability_topic",
    "pl_avail": "payload_available", "pl_not_avail": "payload_not_available", "pl_on": "payload_on", "pl_off": "payload_off",
    "stat_on": "state_on", "stat_off": "state_off", "cmps": "components", "p": "platform", "t": "topic",
}  # fmt: skip
_STEP = r"""(?:\.[A-Za-z_]\w*|\[\s*'[^'{}\\]+'\s*\]|\[\s*"[^"{}\\]+"\s*\])"""
_PICK = re.compile(
    r"\{\{-?\s*value_json(" + _STEP + r"{1,8})\s*(?:\|\s*(?:float|int|round)\s*(?:\(\s*\d?\s*\))?\s*){0,3}-?\}\}", re.ASCII
)
_NAMED = re.compile(r"\.([A-Za-z_]\w*)|\[\s*['\"]([^'\"]+)['\"]\s*\]", re.ASCII)
_PLAIN = re.compile(r"\{\{-?\s*value\s*(?:\|\s*(?:float|int|round)\s*(?:\(\s*\d?\s*\))?\s*){0,3}-?\}\}", re.ASCII)
_WORDS = (("payload_available", "online"), ("payload_not_available", "offline"), ("payload_on", "ON"), ("payload_off", "OFF"))


class Entity(msgspec.Struct, frozen=True, array_like=True):
    """One announced value. `path` None: the payload itself; `words` for available, not available, on, off."""

    component: str
    topic: str
    path: str | None
    names: tuple[str, ...]
    devices: tuple[str, ...]
    unit: str
    availability: tuple[str, ...]
    words: tuple[str, str, str, str]


class Announced:
    """All entities of a source."""

    def __init__(self) -> None:
        self.by_config: dict[str, list[Entity]] = {}
        self.changed = False
        self._index()

    def put(self, config: str, found: list[Entity]) -> Flaw | None:
        """What a configuration topic announces now, none for nothing. A repeated announcement changes nothing."""
        before = self.by_config.get(config, [])
        if before == found:
            return None
        if self.count - len(before) + len(found) > MOST:
            return Flaw("size", f"more than {MOST} entities")
        crowded = {entity.topic for entity in found if len(self.by_topic.get(entity.topic, ())) + len(found) > _MOST_OF_TOPIC}
        if crowded:
            return Flaw("size", f"more than {_MOST_OF_TOPIC} entities on one topic: {shown(crowded.pop(), 60)}")
        self.changed = True
        self.by_config.pop(config, None)
        if found:
            self.by_config[config] = found
        if before:
            self._index()
        else:
            self._file(found)
        return None

    def pack(self) -> bytes:
        """Everything, for `restore`."""
        self.changed = False
        return msgspec.msgpack.encode(self.by_config)

    def restore(self, packed: bytes) -> None:
        """Take up what was packed."""
        self.by_config = _packed.decode(packed) if packed else {}
        self.changed = False
        self._index()

    def _index(self) -> None:
        self.count = 0
        self.by_topic: dict[str, list[Entity]] = {}
        self.heard: set[tuple[str, tuple[str, ...]]] = set()  # one word about availability a device is enough
        for known in self.by_config.values():
            self._file(known)

    def _file(self, found: list[Entity]) -> None:
        self.count += len(found)
        for entity in found:
            self.by_topic.setdefault(entity.topic, []).append(entity)
            for topic in entity.availability:
                if (topic, entity.devices) not in self.heard:
                    self.heard.add((topic, entity.devices))
                    self.by_topic.setdefault(topic, []).append(entity)


_packed = msgspec.msgpack.Decoder(dict[str, list[Entity]])


def entities(levels: list[str], tree: dict[str, Any]) -> list[Entity] | Flaw:
    """What a configuration announces: one entity, or in a device's configuration several. Those without a state give none."""
    root = _spelt(tree)
    if levels[1] != "device":
        parts = [({**root}, levels[1], levels[-2])]
    else:
        inner = root.get("components")
        inner = inner if isinstance(inner, dict) and len(inner) <= _MOST_OF_ONE else {}
        shared = {name: value for name, value in root.items() if name != "components"}
        parts = [({**shared, **_spelt(part)}, "", key) for key, part in inner.items() if isinstance(part, dict)]
    found: list[Entity] = []
    for members, component, key in parts:
        entity = _entity(members, component or str(members.get("platform", "")), key, levels)
        if isinstance(entity, Flaw):
            return entity
        found += [entity] if entity is not None else []
    return found


def _entity(members: dict[str, Any], component: str, key: str, levels: list[str]) -> Entity | Flaw | None:
    topic, template = members.get("state_topic"), members.get("value_template", "")
    if not isinstance(topic, str) or not _texts([topic]) or not _texts([component]):
        return None
    path = picked(template)
    if isinstance(path, Flaw):
        return path
    device = members.get("device")
    device = _spelt(device) if isinstance(device, dict) else {}
    ids = device.get("identifiers")
    called = [*(ids if isinstance(ids, list) else [ids])[:8], device.get("name"), *(levels[2:3] if len(levels) == 5 else [])]
    words = tuple(next(iter(_texts([str(members.get(name, default))])), default) for name, default in _WORDS)
    names = _texts([members.get("unique_id"), members.get("object_id"), key, path])
    if not names:
        return Flaw("schema", "an entity without a name")
    unit = members.get("unit_of_measurement")
    return Entity(
        component, topic, path, names, _texts(called), "".join(_texts([unit]))[:16], _availability(members),
        words,  # type: ignore[arg-type] # there are four
    )  # fmt: skip


def picked(template: object) -> str | Flaw | None:
    """The dotted path a template picks, None for the whole payload, or a flaw for one that does more than picking."""
    if not isinstance(template, str) or not template.strip() or _PLAIN.fullmatch(template[:_LONGEST].strip()):
        return None
    found = _PICK.fullmatch(template.strip()) if len(template) <= _LONGEST else None
    if found is None:
        return Flaw("schema", f"a template that does more than pick a member: {shown(template, 60)}")
    path = ".".join(name or quoted for name, quoted in _NAMED.findall(found[1]))
    return text_flaw(path) or path


def _availability(members: dict[str, Any]) -> tuple[str, ...]:
    listed = members.get("availability")
    entries = [_spelt(one) for one in (listed if isinstance(listed, list) else [listed])[:8] if isinstance(one, dict)]
    return _texts([members.get("availability_topic"), *(entry.get("topic") for entry in entries)])


def _spelt(members: dict[str, Any]) -> dict[str, Any]:
    """Long names, and `~` filled in."""
    base = members.get("~")
    spelt = {_SHORT.get(name, name): value for name, value in members.items()}
    if not isinstance(base, str):
        return spelt
    topics = {name: value for name, value in spelt.items() if name.endswith("topic") and isinstance(value, str)}
    return {**spelt, **{name: value.replace("~", base) for name, value in topics.items()}}


def _texts(found: list[Any]) -> tuple[str, ...]:
    """Those that are texts fit to be kept, each once, in order."""
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one and text_flaw(one) is None))
