"""Takes in the routine of a batch: messages that surprise in nothing, which is nearly all of them, in one loop.

Routine is a plain record of one known device, newer than what is known of its points, heard lately, with no deadline passed on
the way, whose every value is a good one. Values inside the quiet band of their point change what is remembered and nothing else;
for others the rules that they stir are asked. All else goes the long way, each message in its turn. A test holds both ways to
each other.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from daemon.core import decode, detect, incidents
from daemon.core.nouns import Frame, Quality
from daemon.core.quality import NEWEST, OLDEST
from daemon.core.rules import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from daemon.core.decode import Dialect, Plain
    from daemon.core.device import DeviceState
    from daemon.core.incidents import Filing
    from daemon.core.nouns import Message, Value
    from daemon.core.rulebook import Rulebook
    from daemon.core.rules import Rule
    from daemon.core.state import State

    Advance = Callable[[Filing, float], None]

FAREWELL = "gateway_online"
FEW = 4  # messages from which on it is worth preparing them together
_NOTHING: Sequence[Rule] = ()


def sift(filing: Filing, messages: Sequence[Message], dialects: Mapping[str, Dialect], advance: Advance) -> Iterator[Message]:  # noqa: C901, PLR0912, PLR0915 - the hot loop: a call for each message would double its price (tests/bench/core.py)
    """Takes in what is routine and gives the rest; whoever asks for the next one has dealt with the one before. `advance` fires
    what is due."""
    state, readings, good = filing.state, filing.outcome.readings, Quality.GOOD
    prepared = _prepare(state, messages, dialects)
    if prepared is None:
        yield from messages
        return
    source, devices, records = prepared
    keep, now, due = readings.parts.append, state.now, _due(state)
    for message, device, record in zip(messages, devices, records, strict=True):
        at = message.at
        if at > now:
            state.now = now = at
        if now >= due:
            advance(filing, now)
            due = _due(state)
        if record is not None and device is not None and message.source == source:
            ts, values, book, lives, heard = record.ts / 1e3, record.values, device.book, device.lives, device.heard_at
            gateway, memories, others, moved = device.gateway, device.memories, device.attentive.others, []
            stirring: list[Rule] = []
            if (  # the device is one that speaks, at a time that can be, and waits for nothing that comes before
                heard is not None
                and device.source == source
                and now - heard < book.half
                and ts < device.next_ts
                and at - OLDEST <= ts <= at + NEWEST
                and values
                and not (device.missed or device.waiting or (gateway is not None and gateway.missed))
                and not (book.is_gateway and (book.renames or values.get(FAREWELL, 1) == 0))
            ):
                for name, said in values.items():
                    sense = others[name]
                    if sense is None:
                        break
                    memory = memories[sense.name]
                    if memory.quality is not good or ts <= memory.ts:  # type: ignore[operator]
                        break
                    value: Value | None
                    if sense.number:
                        if type(said) is not float:
                            break
                        value = said * sense.scale + sense.offset
                        if not sense.fall <= value - memory.good <= sense.rise:  # type: ignore[operator]
                            break
                        if not sense.floor <= value <= sense.ceiling:
                            if not sense.low <= value <= sense.high:
                                break
                            if value != memory.good:
                                stirring += sense.stirred(value)
                    else:
                        value = memory.good if said == memory.good else sense.plain.get(said)
                        if value is None or (sense.edgy and value != memory.good):
                            break
                        if value != memory.good:
                            stirring += sense.readers
                    values[name] = value
                    moved.append((memory, value))
                else:
                    for memory, value in moved:
                        memory.ts = memory.good_ts = ts
                        memory.at = memory.good_at = at
                        memory.value = memory.good = value
                    if device.unsaved is None:
                        state.soil(device)
                    if ts > device.newest:  # noqa: PLR1730 - half of what max costs
                        device.newest = ts
                    keep(Frame(device.key, ts, at, _renamed(book, values) if book.renames else values))
                    readings.more += len(values) - 1
                    asked = device.attentive[tuple(values)] if lives else _NOTHING
                    if stirring:
                        asked = in_order((*asked, *stirring))
                    if asked:
                        _ask(filing, device, asked, ts, at)
                        due = _due(state)
                    else:
                        device.heard_at = now
                    continue
        yield message
        now, due = state.now, _due(state)


def _ask(filing: Filing, device: DeviceState, asked: Iterable[Rule], ts: float, at: float) -> None:
    """Judge what was stirred, and let it have its consequences."""
    state, changes = filing.state, []
    for rule in asked:
        changes += detect.judge(state, device, rule, ts=ts, at=at, lag=at - ts)
    device.heard_at = state.now
    if changes:
        incidents.settle(filing, changes)
    if device.waiting:
        incidents.catch_up(filing, device, at=state.now, lag=state.now - ts)
    if state.failures:
        detect.confess(state, at, filing.outcome)


def _prepare(
    state: State, messages: Sequence[Message], dialects: Mapping[str, Dialect]
) -> tuple[str, Iterator[DeviceState | None], list[Plain | None]] | None:
    """The source, and for each message its device and record as far as they are known at once; None: not worth it."""
    source = messages[-1].source if len(messages) >= FEW else ""
    dialect = dialects.get(source)
    routes = decode.routes_of(state, source, dialect) if dialect is not None and not state.failures else None
    if routes is None or routes.records is None:
        return None
    devices = map(routes.known.get, [message.topic for message in messages])
    return source, devices, routes.records([message.payload for message in messages])


def _due(state: State) -> float:
    """When the next deadline fires."""
    return state.heap[0][0] if state.heap and not state.held else inf


def _renamed(book: Rulebook, values: dict[str, Value]) -> dict[str, Value]:
    """Under our names."""
    return {book.swift[name].name: value for name, value in values.items()}
