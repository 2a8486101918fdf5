"""Turns the words of a kind file into a `Kind`: what is new made whole, what is changed laid over the kind it extends.

Something new that lacks a word is complained about and made with a stand-in, so that one mistake hides no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from daemon.config.yardsticks import laid
from sensors.kit.condition import ConditionError, compute
from sensors.kit.expand import params_of
from sensors.kit.letters import letters_in
from sensors.kit.tables import seen
from sensors.kit.words import Kind, Level, Limit, Param, Point, Severity, Signature, Task, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.config.complaints import Place
    from daemon.config.kind_models import (
        KindWords,
        OwnLimitWords,
        OwnPointWords,
        OwnSignatureWords,
        OwnTaskWords,
        ParamWords,
    )
    from daemon.config.vocabulary import TextWords, Words

T = TypeVar("T", Param, Point, Limit, Signature, Task)
Fields = dict[str, Any]  # of a dataclass, as far as they are written


def build(words: KindWords, base: Kind | None, place: Place) -> Kind:
    """The kind; whatever is missing has been complained about. `place` is the file's."""
    if base is None:
        _need(words, place, "says", "explains")
        base = Kind(words.kind, Text(words.kind, words.kind), Text(words.kind, words.kind))
    known = replace(
        base, id=words.kind, params=_laid({one.name: one for one in base.params}, words.params, place.at("params"), _param)
    )
    figures = params_of(known)

    def limit(name: str, written: OwnLimitWords, usual: Limit | None, here: Place) -> Limit:
        return _limit(name, written, usual, here, figures)

    points = _laid({one.name: one for one in base.points}, words.points, place.at("points"), _point)
    return replace(
        known,
        **_plain(words, {"says": text, "explains": text, "scope": str, "headline": tuple}),
        points=points,
        yardsticks=laid(base.yardsticks, words.points, {one.name: one for one in points}, place.at("points")),
        limits=_laid(_followed(base, figures), words.limits, place.at("limits"), limit),
        signatures=_laid({one.id: one for one in base.signatures}, words.signatures, place.at("signatures"), _signature),
        tasks=_laid({one.id: one for one in base.tasks}, words.tasks, place.at("tasks"), _task),
    )


def _followed(base: Kind, figures: Mapping[str, float]) -> dict[str, Limit]:
    """The limits of the kind that is changed, those that come from a changed parameter with their new figure."""
    if figures == params_of(base):
        return limit_names(base)
    return {name: replace(one, value=compute(one.expr, figures)) if one.expr else one for name, one in limit_names(base).items()}


def limit_names(kind: Kind) -> dict[str, Limit]:
    """The limits by the names they are written under: flow.H, and flow.H-2 for the second of that level."""
    found: dict[str, Limit] = {}
    for limit in kind.limits:
        name = f"{limit.point}.{limit.level}"
        count = 1 + sum(key == name or key.startswith(f"{name}-") for key in found)
        found[name if count == 1 else f"{name}-{count}"] = limit
    return found


def text(words: TextWords) -> Text:
    """Both languages."""
    return Text(words.zh, words.en)


def _texts(words: list[TextWords]) -> tuple[Text, ...]:
    return tuple(text(one) for one in words)


def _laid(usual: Mapping[str, T], words: Mapping[str, Any], place: Place, make: Any) -> tuple[T, ...]:  # noqa: ANN401 - one of five
    """What there was, with the changes in its place, and what is new after it."""
    made = {name: make(name, one, usual.get(name), place.at(name)) for name, one in words.items()}
    return tuple((dict(usual) | made).values())


def _plain(words: Words, ways: Mapping[str, Any]) -> Fields:
    """The fields that are written, each turned into what the kind holds."""
    return {name: turn(value) for name, turn in ways.items() if (value := getattr(words, name)) is not None}


def _need(words: Words, place: Place, *names: str) -> None:
    """Complain about what something new must say."""
    for name in names:
        if getattr(words, name) is None:
            place.complain(f'"{name}" is missing', f"add {name}: …")


def _param(name: str, words: ParamWords, base: Param | None, place: Place) -> Param:
    fields = _plain(words, {"default": float, "unit": str, "says": text, "evidence": seen})
    if base is None:
        _need(words, place, "default", "says")
        base = Param(name, 0.0, "", Text(name, name))
    return replace(base, **fields)


def _point(name: str, words: OwnPointWords, base: Point | None, place: Place) -> Point:
    if base is None:
        letter = "".join(sorted(letters_in(name)))
        _need(words, place, "says", *(("instances",) if letter else ()))
        base = Point(name, Text(name, name), "", index=letter, instances=1 if letter else 0)
    numbers = dict.fromkeys(("every", "heartbeat", "rest", "resolution", "noise"), float)
    ways = {"says": text, "unit": str, "type": Type, "span": tuple, "instances": int, "digits": str, "ucum": str, "note": str}
    return replace(base, **_plain(words, ways | numbers), **_normal(words), **_states(words, base, place))


def _normal(words: OwnPointWords) -> Fields:
    if words.normal is None:
        return {}
    return {"normal_text": words.normal} if isinstance(words.normal, str) else {"normal": tuple(words.normal)}


def _states(words: OwnPointWords, base: Point, place: Place) -> Fields:
    """What the values of a bool or an enum mean."""
    if words.states is not None:
        return {"states": tuple(words.states), "words": tuple(text(one) for one in words.states.values())}
    if words.off is not None and words.on is not None:
        return {"words": (text(words.off), text(words.on))}
    if words.type == "bool" and not base.words:
        _need(words, place, "off", "on")
        return {"words": (Text(base.name, base.name),) * 2}
    return {}


def _limit(name: str, words: OwnLimitWords, base: Limit | None, place: Place, figures: Mapping[str, float]) -> Limit:
    point, _, level = name.partition("-")[0].rpartition(".")
    if base is None:
        _need(words, place, "severity", *(() if words.expr else ("value",)))
        base = Limit(point, Level(level), "<" if level in {"LL", "L"} else ">", 0.0, Severity.MINOR)
    ways = {"severity": Severity, "on": float, "off": float, "deadband": float, "when": str, "also": tuple, "transform": str}
    fields = _plain(words, ways | {"because": str, "evidence": seen})
    return replace(base, **fields, **_threshold(words, base, place, figures))


def _threshold(words: OwnLimitWords, base: Limit, place: Place, figures: Mapping[str, float]) -> Fields:
    """The figure, from an expression if there is one; or the state and how it is compared."""
    if words.expr is not None:
        try:
            return {"expr": words.expr, "value": words.value if words.value is not None else compute(words.expr, figures)}
        except ConditionError as error:
            place.at("expr").complain(
                f"`{words.expr}`: {'; '.join(error.complaints)}", "write it with P. and parameters that exist"
            )
            return {}
    if words.value is None:
        return {}
    value = (
        tuple(words.value)
        if isinstance(words.value, list)
        else int(words.value)
        if isinstance(words.value, bool)
        else words.value
    )
    usual = "in" if isinstance(value, tuple) else "=="
    return {"value": value, "expr": "", "op": (words.op or usual) if base.level is Level.STATE else base.op}


def _signature(name: str, words: OwnSignatureWords, base: Signature | None, place: Place) -> Signature:
    ways = {"says": text, "severity": Severity, "when": str, "do": text, "hides": tuple, "on": float, "off": float, "note": str}
    fields = _plain(words, ways | {"causes": _texts, "evidence": seen})
    if base is None:
        _need(words, place, "says", "severity", "when", "do")
        base = Signature(name, Text(name, name), Severity.MINOR, "", Text(name, name))
    elif words.when is not None:
        fields["rewritten"] = "本站改写。Rewritten for this site."
    return replace(base, **fields)


def _task(name: str, words: OwnTaskWords, base: Task | None, place: Place) -> Task:
    fields = _plain(words, {"says": text, "every_days": float, "interval": str, "items": text, "basis": str, "evidence": seen})
    if base is None:
        _need(words, place, "says", "every_days", "items")
        base = Task(name, Text(name, name), None, f"{words.every_days or 0:g} d", Text(name, name), "")
    return replace(base, **fields)
