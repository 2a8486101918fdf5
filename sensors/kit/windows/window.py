"""The window over samples: `avg(x, T)` and its like, `x while C`, `T before U`, `200n`.

A sample is taken whenever a channel of x has a newer reading. The window holds the samples of its last T up to the newest one;
its value changes with a sample only, and is unknown until T was covered, and while x is. Once x was missing for longer than a
twentieth of T, the window begins anew; a shorter gap is passed over. With `while`, and over run lengths, samples come when they
come: no gap begins such a window anew, it looks back from the present, and is unknown while it holds no sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sensors.kit.nodes import Read
from sensors.kit.windows.times import later, newest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sensors.kit.nodes import Memory, Node, Values
    from sensors.kit.windows.delay import Delay

GAP = 20.0  # a gap longer than this part of the window begins it anew

LAST, SINCE, MISSED, RESULT, STORE, DELAYED, COUNTED = range(7)  # of a state


class Store(Protocol):
    """Keeps samples in a plain list."""

    def fresh(self) -> list[Any]: ...

    def move(self, state: list[Any], seconds: float) -> None: ...

    def pause(self, state: list[Any]) -> None: ...

    def take(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None: ...

    def drop(self, state: list[Any], start: float) -> bool: ...

    def result(self, state: list[Any]) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Span:
    """How long a window is, in seconds or, `counted`, samples; how long before now it ends; `loose` if samples come and go."""

    length: float
    counted: bool = False
    delay: Delay | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """One window. State: [last sample's time, since when it watches, was x missing since, result, what the store keeps, what the
    delay keeps, samples counted].

    `reads` are the channels of x; `pace` gives the time of x's newest value where that is not a reading's.
    """

    name: str
    samples: tuple[Node, ...]  # x; of a correlation x and y
    span: Span
    store: Store
    reads: tuple[str, ...]
    slot: int
    gate: Node | None = None
    pace: Callable[[Memory], float] | None = None
    unit: str | None = None
    detail: float = 0.0  # the share of a quantile, the amplitude of a crossing

    @property
    def children(self) -> tuple[Node, ...]:
        return self.samples if self.gate is None else (*self.samples, self.gate)

    def fresh(self) -> list[Any]:
        return [None, None, False, None, self.store.fresh(), None, 0]

    def move(self, state: list[Any], seconds: float) -> None:
        state[LAST], state[SINCE] = later(state[LAST], seconds), later(state[SINCE], seconds)
        if not self.span.counted:
            self.store.move(state[STORE], seconds)
        if self.span.delay and state[DELAYED]:
            self.span.delay.move(state[DELAYED], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        state = memory[self.slot]
        if self.gate is not None:
            return self._gated(memory, now, values)
        child = self.samples[0]
        if isinstance(child, Read) and len(self.samples) == 1:  # the common case, with no call more than needed
            last = values.last(child.name)
            if last is None:
                state[MISSED] = True
                return None
            if state[LAST] is None or last[0] > state[LAST]:
                self.take(state, last[0], (float(last[1]),))
            result: float | None = state[RESULT]
            return result
        return self._expressed(memory, now, values)

    def _expressed(self, memory: Memory, now: float, values: Values) -> float | None:
        """X is computed, from readings or from what other windows found."""
        state = memory[self.slot]
        found = [child.value(memory, now, values) for child in self.samples]
        stamp = newest(self.reads, values) if self.pace is None else self.pace(memory)
        if None in found and not self.span.loose:
            state[MISSED] = True
            return None
        if None not in found and stamp > (-math.inf if state[LAST] is None else state[LAST]):
            self.take(state, stamp, tuple(map(float, found)))
        if self.span.loose:
            return self._aged(state, now, values)
        result: float | None = state[RESULT]
        return result

    def _gated(self, memory: Memory, now: float, values: Values) -> float | None:
        """Only samples taken while the gate is true."""
        truth = self.gate.value(memory, now, values) if self.gate else None
        found = [child.value(memory, now, values) for child in self.samples]
        return self.admit(memory, now, values, found) if truth else self.refuse(memory, now, values)

    def admit(self, memory: Memory, now: float, values: Values, found: Sequence[float | None]) -> float | None:
        """The gate is open."""
        state = memory[self.slot]
        stamp = newest(self.reads, values) if self.pace is None else self.pace(memory)
        if stamp > (-math.inf if state[LAST] is None else state[LAST]) and None not in found:
            self.take(state, stamp, tuple(map(float, found)))  # type: ignore[arg-type]
        return self._aged(state, now, values)

    def refuse(self, memory: Memory, now: float, values: Values) -> float | None:
        """It is shut, or nobody knows."""
        state = memory[self.slot]
        self.store.pause(state[STORE])
        return self._aged(state, now, values)

    def _aged(self, state: list[Any], now: float, values: Values) -> float | None:
        """The result of a window that looks back from now."""
        if state[SINCE] is None:
            heard = newest(self.reads, values)
            state[SINCE] = heard if math.isfinite(heard) else None
        if not self.span.counted and self.store.drop(state[STORE], now - self.span.length):
            state[RESULT] = self._result(state)
        if self.span.counted:
            covered = state[COUNTED] >= self.span.length
        else:
            covered = state[SINCE] is not None and now - state[SINCE] >= self.span.length
        result: float | None = state[RESULT] if covered else None
        return result

    def take(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None:
        """A new sample: in it goes, and what is too old goes out."""
        if not math.isfinite(sample[0]) or not math.isfinite(sample[-1]):  # one or two
            return
        if state[MISSED]:
            self._mend(state, stamp)
        state[LAST] = stamp
        if state[SINCE] is None:
            state[SINCE] = stamp
        if self.span.counted:
            state[COUNTED] += 1
            stamp, since = float(state[COUNTED]), 1.0
            start = stamp - self.span.length + 1.0
        else:
            since = state[SINCE]
            start = stamp - self.span.length
        if self.span.delay is not None:
            start -= self.span.delay.seconds
            self._delay(state, stamp, sample)
        else:
            self.store.take(state[STORE], stamp, sample)
        self.store.drop(state[STORE], start)
        state[RESULT] = self._result(state) if start >= since or self.span.loose else None

    def _mend(self, state: list[Any], stamp: float) -> None:
        """X was missing: long enough to begin anew, or not."""
        state[MISSED] = False
        gap = 0.0 if state[LAST] is None or self.span.counted else stamp - state[LAST]
        if gap > self.span.length / GAP:
            state[:] = self.fresh()
        else:
            self.store.pause(state[STORE])

    def _delay(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None:
        delay = self.span.delay
        if delay is None:
            return
        if state[DELAYED] is None:
            state[DELAYED] = delay.fresh()
        delay.put(state[DELAYED], stamp, sample[0])
        while (due := delay.due(state[DELAYED], stamp)) is not None:
            self.store.take(state[STORE], due[0], (due[1],))

    def _result(self, state: list[Any]) -> float | None:
        result = self.store.result(state[STORE])
        return result if result is not None and math.isfinite(result) else None
