"""Turns a document into its words: every shape complaint is noted, then the wrong parts are left out and the rest is used.

So one mistake hides no other: a device with a misspelt key is still checked for its room and its limits.
"""

from __future__ import annotations

import copy
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import ValidationError

from daemon.config.complaints import Place, suggest
from daemon.config.text import Document
from daemon.config.vocabulary import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from daemon.config.complaints import Complaint

W = TypeVar("W", bound=Words)
Path = tuple[str | int, ...]

SECRET = {"password", "username", "url", "database"}  # what was written there is never repeated
EXPECTED = {
    "string_type": "text (in quotes if it looks like a number)",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "finite_number": "a finite number",
}
DURATION = "a duration such as 90 s, 5 min, 4 h, 3 d or 1 working day"
PATTERNS = {
    "id": "letters, digits, - and _ only (at most 64)",
    "site": "letters, digits, - and _ only (at most 64)",
    "code": "2 to 12 letters and digits",
    "prefix": "2 to 6 capital letters",
    "start": "a time of day such as 08:00",
    "end": "a time of day such as 18:00",
    "begin": "a date and a time of day such as 2026-12-01 09:00",
    "out_of_service": "true, or since when: 2026-12-01",
    "at": "a time of day such as 08:00",
    "length": "a length such as 90 min, 2 h or 1 d",
    "accept": DURATION,
    "on_site": DURATION,
    "repair": DURATION,
    "repeat_within": DURATION,
    "evidence": "S:key, K or J, then what it rests on",
}


def shape(model: type[W], document: Document, complaints: list[Complaint]) -> tuple[W | None, Place]:
    """The words of a document (None where nothing of it can be used), and the place of what was used."""
    if document.data is None or not isinstance(document.data, dict):
        if document.data is not None or document.lines:
            Place(document, complaints).complain("not a mapping", "write key: value lines")
        return None, Place(document, complaints)
    words, errors = _words_of(model, document)
    if words is not None:
        return words, Place(document, complaints)
    document = document.apart()
    _report(model, Place(document, complaints), errors)
    while words is None:
        paths = {_faulty(document, error) for error in errors}
        if () in paths:
            return None, Place(document, complaints)
        for path in sorted(paths, key=_order, reverse=True):  # from the end, so that earlier indices stay right
            document = _without(document, path)
        words, errors = _words_of(model, document)
    return words, Place(document, complaints)


def _words_of(model: type[W], document: Document) -> tuple[W | None, list[ErrorDetails]]:
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_context=True)


def _faulty(document: Document, error: ErrorDetails) -> Path:
    """What has to go so that the rest can be used: the value, or what lacks a key."""
    return document.nearest(error["loc"])


def _order(path: Path) -> list[tuple[int, str]]:
    return [(key, "") if isinstance(key, int) else (-1, key) for key in path]


def _without(document: Document, path: Path) -> Document:
    """The document less one node; the lines of later items of the same list move with them."""
    data = copy.deepcopy(document.data)
    parent: Any = data
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    lines = {_moved(at, path): line for at, line in document.lines.items() if at[: len(path)] != path}
    return Document(document.file, data, lines, document.data if document.whole is None else document.whole)


def _moved(at: Path, gone: Path) -> Path:
    here = len(gone) - 1
    index, last = (at[here] if len(at) > here else None), gone[-1]
    if isinstance(index, int) and isinstance(last, int) and at[:here] == gone[:here] and index > last:
        return (*at[:here], index - 1, *at[here + 1 :])
    return at


def _report(model: type[Words], place: Place, errors: Sequence[ErrorDetails]) -> None:
    """One complaint for each faulty node; lines that the YAML reader already complained about are left alone."""
    told = {complaint.line for complaint in place.complaints if complaint.file == place.document.file}

    def spot(error: ErrorDetails) -> Path:
        missing = error["loc"][-1:] if error["type"] == "missing" else ()
        return (*place.document.nearest(error["loc"]), *missing)

    for path, group in groupby(errors, key=spot):
        here = place.at(*path)
        if here.line not in told:
            here.complain(*_words(model, path, list(group)))


def _words(model: type[Words], path: Path, errors: list[ErrorDetails]) -> tuple[str, str]:
    """What, and what to do."""
    error, key = errors[0], next((one for one in reversed(path) if isinstance(one, str)), "file")
    if error["type"] == "missing":
        return f'"{key}" is missing', f"add {key}: …"
    if error["type"] == "extra_forbidden":
        return f'unknown key "{key}"', suggest(key, _keys(model, path[:-1]), none="remove it")
    if error["type"] == "literal_error":
        return _literal(key, error)
    shown = "" if SECRET & set(path) else f": {_short(error['input'])}"
    expected = [EXPECTED.get(one["type"], "") for one in errors]
    if any(expected):
        return f'"{key}" has the wrong type{shown}', "write " + ", or ".join(dict.fromkeys(filter(None, expected)))
    if error["type"] == "string_pattern_mismatch":
        return f'"{key}" cannot be read{shown}', "write " + PATTERNS.get(key, "it as the schema shows")
    return f'"{key}" cannot be used{shown}', error["msg"].replace("Input should", "it should")


def _literal(key: str, error: ErrorDetails) -> tuple[str, str]:
    known = error.get("ctx", {}).get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
    word = str(error["input"])
    what = f'unknown key "{key}"' if word == key else f'"{word}" is not possible for {key}'
    return what, suggest(word, known, none="remove it")


def _short(written: object) -> str:
    text = repr(written) if isinstance(written, str) else str(written)
    return text if len(text) <= 40 else text[:37] + "…"


def _keys(model: type[Words], path: Path) -> list[str]:
    """The keys that may stand at a path."""
    here: Any = model
    for key in path:
        fields = getattr(here, "model_fields", None)
        here = _inner(fields[key].annotation if fields and key in fields else here)
    return list(getattr(here, "model_fields", ()))


def _inner(annotation: Any) -> Any:  # noqa: ANN401 - a type expression of any kind
    """The model inside `list[Model]`, `dict[str, Model]`, `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Words):
        return annotation
    inner = [_inner(argument) for argument in get_args(annotation)]
    return next((one for one in reversed(inner) if isinstance(one, type) and issubclass(one, Words)), annotation)
