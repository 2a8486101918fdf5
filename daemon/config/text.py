"""Turns a YAML file into plain data and remembers the line of every node.

The YAML read here is the safe, plain part of YAML 1.2: `on`, `no` and `08:00` are words, not booleans or numbers.
Tags are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from daemon.config.complaints import Complaint
from daemon.config.quick import DEEPEST, MOST_NODES, PLAIN, NotPlain, data_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAG = "tag:yaml.org,2002:"
BIGGEST = 16_000_000  # bytes; the largest site file imaginable is a tenth of it


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml where it is built in, ten times faster
    """A safe loader that knows only null, true/false and decimal numbers."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


for _name, _pattern, _begins, _ in PLAIN:
    _Loader.add_implicit_resolver(TAG + _name, re.compile(_pattern), [*_begins, ""] if _name == "null" else list(_begins))

SCALARS: dict[str, Callable[[str], Any]] = {TAG + "str": str} | {TAG + name: read for name, _, _, read in PLAIN}


@dataclass(slots=True)
class Document:
    """One file: its plain data, and the line of every path into it. `data` is None where the file could not be read.

    `whole` is the data before anything wrong was left out of it, so that what is written wrongly still counts as declared.
    `text` is what the lines are still to be found in: they are looked for when the first is asked for.
    """

    file: str
    data: Any = None
    found: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    whole: Any = None
    text: str | None = None

    @property
    def lines(self) -> dict[tuple[str | int, ...], int]:
        """The line of every path."""
        if self.text is not None:
            self.found, self.text = carefully(self.text, self.file, []).found, None
        return self.found

    def apart(self) -> Document:
        """The same with every alias unfolded into data of its own, so that parts of it may be taken out."""
        return self if self.text is None else carefully(self.text, self.file, [])

    def forget(self) -> None:
        """Its data were used; only a late complaint may ask for a line of it."""
        self.data = self.whole = None

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of a path, or of the nearest thing above it that is written in the file."""
        return self.lines[self.nearest(path)] if self.lines else 1

    def nearest(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """The longest beginning of `path` that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def ids(self, key: str) -> frozenset[str]:
        """Every `id` of a list at the top, even of items that are wrong in other ways."""
        data = self.data if self.whole is None else self.whole
        items = data.get(key) if isinstance(data, dict) else None
        found = (item.get("id") for item in items or () if isinstance(item, dict)) if isinstance(items, list) else ()
        return frozenset(word for word in found if isinstance(word, str))


def read(path: Path, file: str, complaints: list[Complaint]) -> Document:
    """Read one YAML file. What cannot be read becomes complaints and a document without data."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        complaints.append(Complaint(file, 1, f"not UTF-8 text (byte {error.start})", "save the file as UTF-8"))
    except OSError as error:
        complaints.append(Complaint(file, 1, f"cannot be read: {error.strerror}", "check its permissions"))
    else:
        return parse(text, file, complaints)
    return Document(file)


def parse(text: str, file: str, complaints: list[Complaint]) -> Document:
    """Turn YAML text into a document."""
    if len(text) > BIGGEST:
        complaints.append(Complaint(file, 1, f"larger than {BIGGEST // 1_000_000} MB", "split the site"))
        return Document(file)
    try:
        data = data_of(text)
    except NotPlain:
        return carefully(text, file, complaints)
    return carefully(text, file, complaints) if data is None else Document(file, data, text=text)


def carefully(text: str, file: str, complaints: list[Complaint]) -> Document:
    """Turn YAML text into a document with all its lines, and whatever is wrong with it into complaints."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"broken YAML: {error.problem or error.context}"
        todo = "check indentation, colons and brackets here and just above"
        complaints.append(Complaint(file, mark.line + 1 if mark else 1, what, todo))
        return Document(file)
    except yaml.reader.ReaderError as error:
        complaints.append(Complaint(file, 1, f"broken YAML: {error.reason}", "remove the character that cannot be printed"))
        return Document(file)
    except RecursionError:
        complaints.append(Complaint(file, 1, "nested too deeply", "a configuration is at most a dozen levels deep"))
        return Document(file)
    unfold = _Unfold(file, complaints)
    return Document(file, unfold.value(root, ()) if root else None, unfold.lines)


@dataclass(slots=True)
class _Unfold:
    """Walks the node tree once: plain data out, lines and complaints noted on the way."""

    file: str
    complaints: list[Complaint]
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    above: list[yaml.Node] = field(default_factory=list)
    nodes: int = 0

    def value(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - plain data of any shape
        self.lines.setdefault(path, node.start_mark.line + 1)
        self.nodes += 1
        if node in self.above or len(self.above) > DEEPEST or self.nodes > MOST_NODES:
            return self._refuse(node, "nested without end (an alias that contains itself?)", "write the values out")
        self.above.append(node)
        try:
            return self._shape(node, path)
        finally:
            self.above.pop()

    def _shape(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - as above
        if isinstance(node, yaml.MappingNode) and node.tag == TAG + "map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == TAG + "seq":
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if node.tag in SCALARS and isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        tag = node.tag.replace(TAG, "!!")
        return self._refuse(node, f"the tag {tag} is not allowed", "write plain text, numbers, lists and mappings only")

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401 - as above
        try:
            return SCALARS[node.tag](node.value)
        except ValueError:  # an explicit tag (!!int x), or more digits than Python reads
            return self._refuse(node, "not a number that can be read", "write a plain number")

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "a list or mapping as a key", "put text with braces or brackets in quotes")
            elif key.value in data:
                self._refuse(key, f'key "{key.value}" is written twice', "keep one")
            else:
                self.lines[(*path, key.value)] = key.start_mark.line + 1
                data[key.value] = self.value(item, (*path, key.value))
        return data

    def _refuse(self, node: yaml.Node, what: str, todo: str) -> None:
        self.complaints.append(Complaint(self.file, node.start_mark.line + 1, what, todo))
