"""The functions of the language by name, and what they all ask of their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit import grammar
    from sensors.kit.build import Builder, Function

FUNCTIONS: dict[str, Function] = {}


def spoken(*names: str) -> Callable[[Function], Function]:
    """Enter a function of the language under its names."""

    def enter(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return enter


def arity(builder: Builder, call: grammar.Call, *wanted: str) -> bool:
    """Complain unless the call has exactly these arguments."""
    if len(call.args) == len(wanted):
        return True
    builder.wrong(call.at, f"{call.name}({', '.join(wanted)}) takes {len(wanted)} argument(s), not {len(call.args)}")
    return False
