"""What a condition asks for: `said` turns an expression that is true or false into a clause in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar
from sensors.kit.describe import figures
from sensors.kit.describe.speaker import Speaker, is_truth, manner, names_in, small
from sensors.kit.explain.names import SHARED
from sensors.kit.explain.telling import both, listed
from sensors.kit.say import quantity
from sensors.kit.typed import flat
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.words import Point

RELATION = {
    "<": Text("{}低于 {}", "{} is below {}"),
    "<=": Text("{}不高于 {}", "{} is at most {}"),
    ">": Text("{}高于 {}", "{} is above {}"),
    ">=": Text("{}不低于 {}", "{} is at least {}"),
    "==": Text("{}等于 {}", "{} equals {}"),
    "!=": Text("{}不等于 {}", "{} differs from {}"),
}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
NOT = Text("并非{}", "not {}")
NEVER = Text("近 {1}内从未{0}", "not once {0} in the last {1}")


def said(tree: grammar.Tree, speaker: Speaker, *, top: bool = True) -> Text:
    """A condition in words; inside another one (`top` false) several clauses come in parentheses."""
    match tree:
        case grammar.Binary("and" | "or"):
            return _joined(tree, speaker, top=top)
        case grammar.Binary(op, left, right):
            return _compared(op, left, right, speaker)
        case grammar.Unary("not", child):
            return _denied(child, speaker)
        case grammar.Call(name) if name in CALLS:
            return CALLS[name](tree, speaker)
        case grammar.Name(text):
            return _switch(text, speaker, is_on=True)
        case _:
            return figures.called(tree, speaker)


def quoted(tree: grammar.Tree, speaker: Speaker) -> Text:
    """A condition as part of a longer name."""
    return quote(said(tree, speaker))


def quote(text: Text) -> Text:
    """In quotation marks; those inside become single ones."""
    inner = Text(*(one.replace("“", "‘").replace("”", "’") for one in (text.zh, text.en)))
    return both(Text("“{}”", "“{}”"), inner)


def _joined(tree: grammar.Binary, speaker: Speaker, *, top: bool) -> Text:
    """`a and b and c`."""
    texts = [said(part, speaker, top=False) for part in flat(tree)]
    zh, en = (
        (("，且", ", and ") if tree.op == "and" else ("，或", ", or "))
        if top
        else ((" 且 ", " and ") if tree.op == "and" else (" 或 ", " or "))
    )
    both_parts = Text(zh.join(text.zh for text in texts), en.join(text.en for text in texts))
    return both_parts if top else both(Text("（{}）", "({})"), both_parts)


def _denied(child: grammar.Tree, speaker: Speaker) -> Text:
    """What is asked not to be: the opposite where it has a name of its own."""
    match child:
        case grammar.Name(text):
            return _switch(text, speaker, is_on=False)
        case grammar.Binary(op, left, right) if op in OPPOSITE:
            return _compared(OPPOSITE[op], left, right, speaker)
        case grammar.Call("in"):
            return _member(child, speaker, Text("{}不为{}", "{} is not {}"))
        case grammar.Call("between"):
            return _hours(child, Text("时间不在 {}—{}", "the time is not between {} and {}"))
        case grammar.Call("any" | "all" as name) if _alone(child, speaker):
            return _together(child, speaker, all_of=name == "any", is_on=False)
        case _:
            several = isinstance(child, grammar.Binary)
            return both(NOT, said(child, speaker, top=False) if several else quoted(child, speaker))


def _switch(text: str, speaker: Speaker, *, is_on: bool) -> Text:
    """A two-state signal, by the sentence it has for that."""
    if text in {"true", "false"}:
        return Text("恒真", "always") if (text == "true") is is_on else Text("恒假", "never")
    point = speaker.point(text)
    name = speaker.name(text)
    if text in speaker.lets or point is None or not point.words:
        return name if is_on else both(NOT, name)
    return _filled(point.words[is_on], speaker.number_of(text, point))


def _filled(words: Text, number: str) -> Text:
    """The sentence of one instance; of none in particular where there is no number."""
    if number:
        return Text(words.zh.replace("{i}", number).replace("|", ""), words.en.replace("{i}", number).replace("|", ""))
    return Text(words.zh.replace("{i}号", "").replace("|", ""), words.en.replace(" {i}", "").replace("|", ""))


def _compared(op: str, left: grammar.Tree, right: grammar.Tree, speaker: Speaker) -> Text:
    """`x < y`: a figure has the unit of what it is compared with; a state is called by its word."""
    if isinstance(left, grammar.Name | grammar.Call) and (said_so := _is_state(op, left, right, speaker)) is not None:
        return said_so
    match op, left, right:
        case "==", grammar.Call("duty"), grammar.Number(0):
            return both(NEVER, quoted(left.args[0], speaker), figures.counted(left.args[1], "time", speaker))
    name = figures.called(left, speaker)
    other = figures.counted(right, manner(left, speaker), speaker)
    return both(RELATION[op], name, other)


def _is_state(op: str, left: grammar.Name | grammar.Call, right: grammar.Tree, speaker: Speaker) -> Text | None:
    """`x == word` and `x == 1`; None where it is a comparison of numbers."""
    looked = left.args[0] if isinstance(left, grammar.Call) and left.name == "was" else left
    point = speaker.point(looked.text) if isinstance(looked, grammar.Name) else None
    if point is None or op not in {"==", "!="}:
        return None
    if point.type is Type.BOOL and isinstance(right, grammar.Number):
        return _denied(left, speaker) if (right.value == 1) is not (op == "==") else said(left, speaker)
    if point.type in {Type.ENUM, Type.TEXT} and isinstance(right, grammar.Name):
        pattern = Text("{}为{}", "{} is {}") if op == "==" else Text("{}不为{}", "{} is not {}")
        return both(pattern, figures.called(left, speaker), _word(point, right.text))
    return None


def _word(point: Point, word: str) -> Text:
    text = quantity(point, word)
    return Text(f"“{text.zh}”", small(text.en))


def _alone(call: grammar.Call, speaker: Speaker) -> bool:
    """Is it any(…) or all(…) of nothing but one switch?"""
    (inner,) = call.args[:1] or (call,)
    return isinstance(inner, grammar.Name) and is_truth(inner, speaker)


def _together(call: grammar.Call, speaker: Speaker, *, all_of: bool, is_on: bool) -> Text:
    """All or some instances of a switch in a state: 所有消防泵均未运行 / no fire pump running."""
    (name,) = names_in(call)
    point = speaker.point(name)
    if point is None or not point.words:
        return both(Text("所有“{}”", "all of “{}”") if all_of else Text("任一“{}”", "any of “{}”"), speaker.name(name))
    zh = point.words[is_on].zh.replace("{i}号", "")
    on, off = (words.en.replace(" {i}", "").replace("|", "") for words in (point.words[True], point.words[False]))
    if all_of and not is_on:
        return Text(f"所有{zh.replace('|', '均')}", f"no {on}")
    if all_of:
        return Text(f"所有{zh.replace('|', '均')}", f"every {on}")
    return Text(f"任一{zh.replace('|', '')}", f"any {on if is_on else off}")


def _some(call: grammar.Call, speaker: Speaker) -> Text:
    all_of = call.name == "all"
    if _alone(call, speaker):
        return _together(call, speaker, all_of=all_of, is_on=True)
    pattern = Text("每一台都{}", "for each of them {}") if all_of else Text("任意一台{}", "for any of them {}")
    return both(pattern, quoted(call.args[0], speaker.within(call.args[0])))


def _lasting(call: grammar.Call, speaker: Speaker) -> Text:
    text, long = said(call.args[0], speaker, top=False), figures.counted(call.args[1], "time", speaker)
    return both(Text("{}持续 {}", "{} for {}"), text, long)


def _edge(call: grammar.Call, speaker: Speaker) -> Text:
    word = Text("近 {1}内开始{0}", "{0} began within the last {1}")
    if call.name == "fell":
        word = Text("近 {1}内结束{0}", "{0} ended within the last {1}")
    return both(word, quoted(call.args[0], speaker), figures.counted(call.args[1], "time", speaker))


def _missing(call: grammar.Call, speaker: Speaker) -> Text:
    return both(Text("{}无数据", "there is no data of {}"), figures.called(call.args[0], speaker))


def _member(call: grammar.Call, speaker: Speaker, pattern: Text) -> Text:
    names = [arg.text for arg in call.args if isinstance(arg, grammar.Name)]
    point = speaker.point(names[0])
    words = [Text(word, word) if point is None else _word(point, word) for word in names[1:]]
    return both(pattern, figures.called(call.args[0], speaker), listed(words, "或", " or "))


def _hours(call: grammar.Call, pattern: Text) -> Text:
    times = [arg.seconds for arg in call.args if isinstance(arg, grammar.Clock)]
    begin, end = (f"{int(time // 3600):02d}:{int(time % 3600 // 60):02d}" for time in times)
    return both(pattern, begin, end)


def _of_group(call: grammar.Call, speaker: Speaker) -> Text:
    pattern = Text("{}中任一台{}", "any of the {}: {}") if call.name == "any_of" else Text("{}全部{}", "all {}: {}")
    return both(pattern, group(call.args[1]), quoted(call.args[0], speaker))


def group(tree: grammar.Tree) -> Text:
    """Which devices: `group(kind, same=feeder)`."""
    same = next((arg.child for arg in getattr(tree, "args", ()) if isinstance(arg, grammar.Keyed)), None)
    word = same.text if isinstance(same, grammar.Name) else ""
    return SHARED.get(word, Text(f"同 {word} 设备", f"devices with the same {word}"))


def _past(call: grammar.Call, speaker: Speaker) -> Text:
    return both(
        Text("{}前{}", "{} ago {}"), figures.counted(call.args[1], "time", speaker), said(call.args[0], speaker, top=False)
    )


CALLS: dict[str, Callable[[grammar.Call, Speaker], Text]] = {
    "for": _lasting,
    "rose": _edge,
    "fell": _edge,
    "any": _some,
    "all": _some,
    "missing": _missing,
    "in": lambda call, speaker: _member(call, speaker, Text("{}为{}", "{} is {}")),
    "between": lambda call, _: _hours(call, Text("时间在 {}—{}", "the time is between {} and {}")),
    "any_of": _of_group,
    "all_of": _of_group,
    "was": _past,
}
