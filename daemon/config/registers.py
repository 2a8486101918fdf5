"""Turns the register map of a source into what its dialect reads: names for values, and the questions that are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.source import Poll, Register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.config.complaints import Place
    from daemon.config.source_models import PollWords, RegisterWords


def registers(words: Sequence[RegisterWords]) -> tuple[tuple[Register, ...], list[tuple[str, RegisterWords]]]:
    """The registers, and the name of each with the words that say what it means."""
    made = [_register(one) for one in words]
    return tuple(made), [(register.name, one) for register, one in zip(made, words, strict=True)]


def _register(words: RegisterWords) -> Register:
    bit = "" if words.bit is None else f".{words.bit}"
    name = f"{words.slave}/{words.function}/{words.address}{bit}"
    return Register(name, words.address, words.slave, words.function, words.type, words.order, words.bit)


def polls(words: Sequence[PollWords], at: Place) -> tuple[Poll, ...]:
    """The questions. Two whose answers look alike cannot be told apart: the wrong pump would be believed."""
    seen: dict[tuple[int, int, int], int] = {}
    for index, one in enumerate(words):
        size = (one.count + 7) // 8 if one.function in (1, 2) else one.count * 2
        first = seen.setdefault((one.slave, one.function, size), one.start)
        if first != one.start:
            at.at(index).complain(
                f"the answers of slave {one.slave} to polls from {first} and from {one.start} look alike",
                "let the gateway ask for another count in one of them",
            )
    return tuple(Poll(one.start, one.count, one.slave, one.function) for one in words)
