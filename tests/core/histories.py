"""Made-up histories of a device, as a rule may meet them, and whether the rule is true in one for want of an input.

They visit the values at which a rule may turn, and step as its windows need it. The random numbers are handed in.
"""

from __future__ import annotations

from fixtures.memories import Remembered

from daemon.core.rules import LimitTest
from sensors.kit import nodes, windows
from sensors.kit.words import Type

START, STEPS = 1_795_320_000.0, 64
ABSENCE = (nodes.Missing, windows.Silent, windows.Age)


class Told(Remembered):
    """A device along one history. From step `since` on one input says nothing, or what `instead` says at each step."""

    def __init__(self, history, silent="", since=0, instead=None):
        self.history, self.silent, self.since, self.instead, self.step = history, silent, since, instead, 0

    def known(self, name):
        if name == self.silent and self.step >= self.since:
            return self.instead(self.step) if self.instead else None
        return self.history[self.step][1].get(name)

    def last(self, name):
        value = self.known(name)
        return None if value is None else (self.history[self.step][0], value)

    def offset(self, _now):
        return 8 * 3600.0

    def others(self, _kind, _same):
        return ()


def truths(test, told):
    """What the rule says at each step."""
    memory, said = test.fresh(), []
    for step, (now, _) in enumerate(told.history):
        told.step = step
        said.append(test.truth(told, memory, now, active=False)[0])
    return said


def parts(test):
    """All nodes of what the rule asks."""
    found = [condition.root for condition in test.conditions]
    for node in found:
        found += node.children
    return found


def exempt(test):
    """Inputs whose absence is asked for, and those of windows whose samples come when they come."""
    found = parts(test)
    absence = {node.read.name for node in found if isinstance(node, ABSENCE)}
    loose = {name for node in found if isinstance(node, windows.Window) and (node.gate or node.span.loose) for name in read(node)}
    return absence, absence | loose


def read(node):
    """The channels that a part of a condition reads."""
    own = {node.name} if isinstance(node, nodes.Read) else {node.read.name} if isinstance(node, nodes.Flag) else set()
    own |= {node.left.name} if isinstance(node, nodes.Threshold | nodes.Member) else set()
    return own.union(*(read(child) for child in node.children))


def lengths(test):
    """Seconds that its parts look back."""
    found = parts(test)
    spans = [span for node in found if (span := getattr(node, "span", None)) is not None]
    some = [getattr(node, "seconds", 0.0) for node in found] + [span.length for span in spans]
    some += [span.delay.seconds for span in spans if span.delay]
    return sorted({float(one) for one in some if one}) or [60.0]


def edges(test):
    """Figures that a value is compared with somewhere."""
    found = [getattr(node, "right", node) for node in parts(test)]
    fixed = [node.fixed for node in found if isinstance(node, nodes.Const)]
    fixed += [test.rule.value] if isinstance(test, LimitTest) else []
    return {float(one) for one in fixed if isinstance(one, int | float)}


def choices(test, point):
    """Values that may make a difference: states, the ends, what is normal, both sides of each figure."""
    if point.states or point.type is Type.BOOL:
        return list(point.states) or [0, 1]
    low, high = point.span or (0.0, 1e6)
    step = (high - low) / 200
    some = {low, high, (low + high) / 2, *(point.normal or ())} | {edge + d for edge in edges(test) for d in (-step, step)}
    return sorted(value for value in some if low <= value <= high)


def walk(dice, options):
    """One value per step: always the same, another now and then, two in turn, or from one to another."""
    first, second, how, wait = dice.choice(options), dice.choice(options), dice.randrange(4), dice.randrange(1, 5)
    if how == 3 and isinstance(first, float) and isinstance(second, float):
        return [first + (second - first) * step / STEPS for step in range(STEPS)]
    if how == 2:
        return [second if step // wait % 2 else first for step in range(STEPS)]
    values = [first]
    while len(values) < STEPS:
        values.append(dice.choice(options) if how and dice.random() < 0.12 else values[-1])
    return values


def story(dice, test, options):
    """When, and what every input says then. Steps are short enough for its windows, most of them for the same one."""
    spans, walks, now, made = lengths(test), {name: walk(dice, some) for name, some in options.items()}, START, []
    main = dice.choice(spans)
    for step in range(STEPS):
        made.append((now, {name: values[step] for name, values in walks.items()}))
        now += main / 24 if dice.random() < 0.9 else dice.choice(spans) / 24
    return made


def accidents(test, options, dice, *, strict=False):
    """(input, step) of what was true without an input and false with one of its values; and was the rule ever true with all?"""
    history, found = story(dice, test, options), []
    absence, loose = (set(), set()) if strict else exempt(test)
    for name, some in options.items():
        for since in (0, dice.randrange(STEPS // 4, STEPS)):
            if name in (loose if since else absence):
                continue
            said = truths(test, Told(history, name, since))
            true = [step for step, truth in enumerate(said) if truth and step >= since]
            ways = [lambda step: history[step][1][name], *(lambda _, value=value: value for value in some)] if true else []  # noqa: B023
            for way in ways:
                other = truths(test, Told(history, name, since, way))
                found += [(name, step) for step in true if other[step] is False]
    return found, True in truths(test, Told(history))
