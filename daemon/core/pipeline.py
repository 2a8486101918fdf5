"""The walk of a reading: decode → quality → detect → alarms → incidents → tickets → notices. The same functions run live, in
`atrium replay`, in the tests and inside stream workers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from daemon.core import decode, detect, gaps, incidents, own, routine, silence, suppression
from daemon.core.incidents import Filing
from daemon.core.nouns import CANARY, CLOCK, DEAF, GAP, HOLD, LOST, MARKS, RESUME, Outcome, Quality, Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daemon.core.decode import Dialect
    from daemon.core.nouns import Action, Message, Reading, Readings
    from daemon.core.state import DeviceState, State
    from daemon.ports import Desk


def feed(
    state: State, messages: Sequence[Message], desk: Desk, dialects: Mapping[str, Dialect], *, position: int | None = None
) -> Outcome:
    """Apply messages in order of receipt; before each, every deadline due by its time fires. `dialects`: source id → dialect.
    Here come only those that are more than `routine`.

    `position` is the journal position of messages fed again after a restart: devices whose memory is newer skip them.
    """
    outcome = Outcome()
    filing = Filing(state, desk, outcome)
    for message in routine.sift(filing, messages, dialects, advance) if position is None else messages:
        if message.at > state.now:  # noqa: PLR1730 - half of what max costs
            state.now = message.at
        if state.heap and state.heap[0][0] <= state.now:
            advance(filing, state.now)
        if message.topic in MARKS:
            with state.marking():
                _mark(filing, message, position)
        else:
            _take(filing, message, dialects, position)
        if state.failures:
            detect.confess(state, message.at, outcome)
    if position is not None:
        state.position = position
    return outcome


def _mark(filing: Filing, message: Message, position: int | None) -> None:
    """The watch's own words in the stream. A canary changes nothing, it is only noted."""
    state = filing.state
    if message.topic == HOLD:
        if not state.held or message.source not in state.holders:  # else a link that flaps would hold up everything for ever
            state.held_at = state.now
        state.fired = state.fired if state.held else state.now
        state.held = True
        state.holders.add(message.source)
    elif message.topic == DEAF:
        state.deaf = {message.source: state.now} | state.deaf
    elif message.topic == RESUME:
        _resume(filing, message, position)
    elif message.topic == LOST:
        gaps.dropped(state, message, filing.outcome)
    elif message.topic == CLOCK:
        state.shift(float(message.payload), position)
    elif message.topic == CANARY:
        filing.outcome.canaries.append(message.payload)


def tick(state: State, now: float, desk: Desk, *, most: int | None = None) -> Outcome:
    """Let time pass: fire what is due by `now`, nothing else. With `most`, only so many deadlines: time then stands at the
    last of them, and the next tick goes on."""
    outcome = Outcome()
    if most is not None and not state.held:
        now = _within(state, now, most)
    advance(Filing(state, desk, outcome), now, most)
    return outcome


def _within(state: State, now: float, most: int) -> float:
    """`now`, or the due time of the `most`-th deadline where more are due. Looks only at what is due: in a heap nothing below an
    entry is due before it, and 300 communities have a quarter of a million entries."""
    heap, found, places = state.heap, list[float](), [0]
    for place in places:
        if place < len(heap) and heap[place][0] <= now:
            found.append(heap[place][0])
            places += (2 * place + 1, 2 * place + 2)
    return now if len(found) < most else sorted(found)[most - 1]


def advance(filing: Filing, at: float, most: int | None = None) -> None:
    """Move the watch's clock to `at` (never back) and fire what is due (at most so many), in order of due time, unless held."""
    state = filing.state
    state.now = max(state.now, at)
    if state.held:
        return
    for due_at, key, what, name in islice(state.due(state.now), most):
        device = state.devices[key]
        if state.deaf and what in ("stale", "silent") and gaps.away(state, device):
            continue  # armed again on RESUME
        if what == "stale":
            changes = silence.stale(state, device, due_at, filing.outcome)
        elif what == "silent":
            changes = silence.silent(state, device, due_at)
        elif what == "tell":
            if device.waiting.get(name) == due_at:
                incidents.tell(filing, device, name, due_at)
            changes = []
        else:
            changes = detect.fire(state, device, name, what=what, due_at=due_at)
        incidents.settle(filing, changes)


def recollect(state: State, messages: Sequence[Message], dialects: Mapping[str, Dialect]) -> Readings:
    """Readings of journalled messages, only remembered as last values: nothing is judged (another configuration wrote them)."""
    outcome = Outcome()
    for message in messages:
        dialect = _dialect(message, dialects)
        if dialect is not None and message.topic not in MARKS:
            for device, _, readings in decode.frames(state, message, dialect, outcome.rejected):
                detect.remember(state, device, readings, outcome)
    return outcome.readings


def heed(state: State, action: Action) -> None:
    """Take in what a person did. Shelving keeps an alarm's news from being told until it ends; everything else is the store's."""
    if action.kind in ("alarm.shelve", "alarm.unshelve"):
        until = float(action.data.get("until") or 0.0) if action.kind == "alarm.shelve" else 0.0
        for device in state.devices.values():
            for episode in device.episodes.values():
                if episode.id == action.target:
                    state.shelve(device.key, episode.rule, until)
    suppression.heed(state, action)
    state.heeded = max(state.heeded, action.pos)


def _take(filing: Filing, message: Message, dialects: Mapping[str, Dialect], position: int | None) -> None:
    dialect = _dialect(message, dialects)
    if dialect is None:
        rejected = Rejected(message.topic, "topic", f"no source named {message.source:.40}", message.at, message.payload)
        filing.outcome.rejected.append(rejected)
        return
    for device, ts, readings in decode.frames(filing.state, message, dialect, filing.outcome.rejected):
        if (position is None or device.position < position) and message.source == own.SOURCE:
            _note(filing, device, ts, readings)
        elif position is None or device.position < position:
            moved, device.source = device.source != message.source, message.source
            _apply(filing, device, ts, readings)
            if moved and filing.state.deaf:
                silence.await_again(filing.state, device)
            if position is not None:
                silence.expect(filing.state, device, message.at)
        else:
            filing.outcome.readings.parts.extend(readings)


def _dialect(message: Message, dialects: Mapping[str, Dialect]) -> Dialect | None:
    return own.read if message.source == own.SOURCE else dialects.get(message.source)


def _note(filing: Filing, device: DeviceState, ts: float, readings: list[Reading]) -> None:
    """The watch's own word about a control room: no sign of life of what else is there, nor of its source."""
    if own.is_all(device):
        _apply(filing, device, ts, readings)
        return
    own.trust(device)
    if changes := detect.apply(filing.state, device, ts, readings, filing.outcome):
        incidents.settle(filing, changes)


def _apply(filing: Filing, device: DeviceState, ts: float, readings: list[Reading]) -> None:
    state = filing.state
    at = state.now
    changes = detect.apply(state, device, ts, readings, filing.outcome)
    if not device.book.is_gateway or not any(r.point == "gateway_online" and r.value == 0 for r in readings):  # else a farewell
        if silence.is_news(device, at):
            points = [r.point for r in readings if r.quality is Quality.GOOD]
            changes += silence.hear(state, device, points, at)
        device.heard_at = at
    if changes:
        incidents.settle(filing, changes)
    if device.waiting:
        incidents.catch_up(filing, device, at=at, lag=at - ts)


def _resume(filing: Filing, message: Message, position: int | None) -> None:
    """The backlog of a source is in ("": none came in time): ages count from here, and what is overdue fires now. Fed again after
    a restart, this can't concern what was saved later."""
    state, source = filing.state, message.source
    if message.payload == GAP:
        gaps.forgotten(state, source, filing.outcome)
    state.held = False
    state.holders.clear()
    if source:
        state.deaf = {other: since for other, since in state.deaf.items() if other != source}
        state.resumed = {**state.resumed, source: state.now}
    for device in state.devices.values():
        if device.waiting and (position is None or device.position < position):  # there is no more to wait for
            for name in list(device.waiting):
                suppression.wait(state, device, name, state.now)
    if source:
        state.rearm(state.now, source)
    advance(filing, state.now)
