"""A small station to try conditions on: gauges, one enum, one switch and two pumps; and a condition fed by hand."""

from __future__ import annotations

from typing import ClassVar

from fixtures.memories import Remembered

from sensors.kit.condition import Scope, compile_condition
from sensors.kit.tables import choice, gauge, switch


class Latest(Remembered, dict):
    """Values as a device state holds them: name → (event time, value); what is not there is unknown."""

    def last(self, name):
        return self.get(name)

    def known(self, name):
        return self[name][1] if name in self else None

    def offset(self, now):  # noqa: ARG002 - all year round
        """The station stands where the clock is eight hours ahead."""
        return 8 * 3600

    def others(self, kind, same):
        """The other stations in the same place, by the word that says which."""
        return self.near.get((kind, same), ())

    near: ClassVar[dict] = {}

    def put(self, ts, **values):
        """New good readings at one time; None makes a point unknown."""
        for name, value in values.items():
            if value is None:
                self.pop(name, None)
            else:
                self[name] = (ts, value)
        return self


MODES = {"auto": ("自动", "automatic"), "manual": ("手动", "manual"), "off": ("停用", "off")}
RUN = ("{i}号泵|未运行", "pump {i}| not running"), ("{i}号泵|运行中", "pump {i}| running")
POINTS = (
    gauge("pressure", "压力", "Pressure", "MPa", (0, 1.6), (0.8, 1), 10, step=0.001),
    gauge("suction", "吸水压力", "Suction", "MPa", (0, 1.6), (0, 0.1), 10, step=0.001),
    gauge("level", "液位", "Level", "m", (0, 5), (3, 4), 60, step=0.001),
    choice("mode", "控制方式", "Mode", MODES, "auto", 60),
    switch("command", "启泵指令", "Start command", ("无指令", "no command"), ("有指令", "command given"), "0"),
    switch("pump{i}_run", "泵运行", "Pump run", *RUN, "0", 60, of=2),
    gauge("pump{i}_current", "电流", "Current", "A", (0, 400), None, 5, step=0.1, of=2),
)
NAMES = {
    name: point for point in POINTS for name in ([point.name.replace("{i}", n) for n in "12"] if point.index else [point.name])
}
SCOPE = Scope(NAMES, {"start": 0.8, "rated": 1.0}, {"i": (1, 2)}, {"i": "d"})


class Judged:
    """A condition with its memory and readings, fed sample by sample."""

    def __init__(self, text, bind=None):
        self.condition = compile_condition(text, SCOPE, bind)
        self.memory = self.condition.memory()
        self.latest = Latest()

    def at(self, now, **values):
        """Verdict after these readings came at `now`."""
        self.latest.put(now, **values)
        return self.condition.judge(self.memory, now, self.latest)

    def truth(self, now, **values):
        """Only the truth of it."""
        return self.at(now, **values).truth

    def says(self, now):
        """The explanation in both languages, and the values."""
        return self.condition.explain(self.memory, now, self.latest)


class Measured(Judged):
    """A number of the language, fed sample by sample."""

    def __init__(self, text, bind=None):
        super().__init__(f"{text} > -1e300", bind)

    def at(self, now, **values):
        """The number after these readings came at `now`."""
        super().at(now, **values)
        return self.condition.root.left.value(self.memory, now, self.latest)
