"""A plant on the bench: stepped as the simulator would, looked at after every step, its limits judged on true values, or one of
its signatures on measured ones."""

from __future__ import annotations

from datetime import datetime
from operator import eq, gt, lt, ne
from random import Random

from fixtures.memories import Remembered
from station import Latest

from sensors.kit.condition import compile_condition
from sensors.kit.expand import scope_of
from sensors.kit.plant import BEIJING, measure

MINUTE = 60.0

COMPARE = {"<": lt, ">": gt, "==": eq, "!=": ne, "in": lambda value, states: value in states}


def at(local):
    """Epoch seconds of a Beijing time."""
    return datetime.fromisoformat(f"{local}+08:00").timestamp()


def dice(seed):
    """Random numbers that repeat."""
    return Random(seed)  # noqa: S311 - a simulation


class Bench:
    """A plant on the bench, stepped as the simulator would, never by more than its pace."""

    def __init__(self, device, start, seed=1):
        self.start = self.now = at(start)
        self.plant = device.kind.plant(device.params, device.instances, dice(seed), self.now)

    @property
    def values(self):
        return self.plant.read()

    def run(self, seconds, look=None):
        """Move on, calling `look` after every step."""
        until = self.now + seconds
        while self.now < until:
            dt = min(self.plant.pace(), until - self.now)
            self.now += dt
            self.plant.step(self.now, dt)
            if look:
                look(self.values)
        return self.values

    def wait_for(self, wish, limit):
        """Seconds until `wish(values)` is true."""
        began = self.now
        while not wish(self.values):
            assert self.now - began < limit, "it never came"
            self.run(1.0)
        return self.now - began


class Seen(Remembered):
    """The values at hand, as the condition language reads them."""

    def __init__(self):
        self.values = {}

    def last(self, name):
        return None if name not in self.values else (0.0, self.values[name])

    def known(self, name):
        return self.values.get(name)


class Watch:
    """Every limit of a device with its gate and its on-delay, judged on true values."""

    def __init__(self, device):
        self.seen, self.since, self.crossed = Seen(), {}, set()
        scope = scope_of(device.kind, device.instances, device.params)
        self.rules = [(rule, compile_condition(rule.when, scope) if rule.when else None) for rule in device.limits]

    def look(self, now, values):
        self.seen.values = values
        for rule, gate in self.rules:
            value = values[rule.channel]
            beyond = COMPARE[rule.op](value, rule.value)
            if not beyond or not (gate is None or gate.judge(gate.memory(), now, self.seen).truth):
                self.since.pop(rule.rule, None)
            elif now - self.since.setdefault(rule.rule, now) >= rule.on:
                self.crossed.add(rule.rule)


class Here(Latest):
    """Readings of a site in Beijing."""

    @staticmethod
    def offset(_now):
        return BEIJING


class Slow:
    """One signature of one device, judged on what its instruments would show every `every` seconds; what is sent on change is
    shown when it changed."""

    def __init__(self, device, rule, start, *, every=MINUTE, seed=1):
        self.rig, self.every, self.channels = Bench(device, start, seed), every, device.channels
        self.dice, self.latest, self.sent = dice(seed), Here(), {}
        (self.when,) = {each.when for each in device.signatures if each.rule == rule}
        self.condition = compile_condition(self.when, scope_of(device.kind, device.instances, device.params))
        self.memory = self.condition.memory()

    def look(self, **told):
        """The verdict now; `told` in place of what the instruments show."""
        true = self.rig.values | told
        points = {name: self.channels[name].point for name in self.condition.inputs}
        news = {name for name, point in points.items() if point.every or self.sent.get(name) != true[name]}
        self.sent.update((name, true[name]) for name in news)
        shown = {name: true[name] if name in told else measure(points[name], true[name], self.dice) for name in news}
        self.latest.put(self.rig.now, **shown)
        return self.condition.truth(self.latest, self.memory, self.rig.now)[0]

    def run(self, seconds, **told):
        """Seconds until it was first true, None if it never was."""
        began = self.rig.now
        while self.rig.now < began + seconds:
            if self.go(**told):
                return self.rig.now - began
        return None

    def stay(self, seconds):
        """Is it true all the time?"""
        return {self.go() for _ in range(round(seconds / self.every))} == {True}

    def go(self, **told):
        """A step, and the verdict."""
        self.rig.now += self.every
        self.rig.plant.step(self.rig.now, self.every)
        return self.look(**told)

    def fail(self, label, age=0.0):
        self.rig.plant.inject(label)
        self.rig.plant.trouble.age = float(age)

    @property
    def severity(self):
        return self.condition.grade(self.memory)
