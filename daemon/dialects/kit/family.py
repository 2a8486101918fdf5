"""Makes a dialect of a function that reads one JSON document of its family: unpacking, decoding and several documents in one
payload are the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.report import Reader, Report, dig
from daemon.dialects.kit.stateless import Stateless
from daemon.dialects.kit.strict import Flaw
from daemon.dialects.kit.topics import is_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.nouns import Rejected, Sample
    from daemon.core.source import Source

    Read = Callable[[Report, Any], None]


def json_family(source: Source, read: Read, *, deaf: Callable[[str], bool] = is_command) -> Stateless:
    """A dialect that gives each document of a payload to `read`. Topics to which it is `deaf` give nothing at all: commands and
    answers on the same tree are not ours to read."""
    reader = Reader.of(source)

    def decode(topic: str, payload: bytes, at: float) -> list[Sample | Rejected]:
        if deaf(topic):
            return []
        report = Report(reader, topic, payload, at)
        for tree in documents(payload, source.encoding):
            if isinstance(tree, Flaw):
                report.refuse(tree)
            else:
                begin(report, tree)
                read(report, tree)
        return report.done()

    return Stateless(decode)


def bytes_family(source: Source, read: Callable[[Report, bytes], None], *, deaf: Callable[[str], bool] = is_command) -> Stateless:
    """A dialect that reads the bytes themselves."""
    reader = Reader.of(source)

    def decode(topic: str, payload: bytes, at: float) -> list[Sample | Rejected]:
        if deaf(topic):
            return []
        report = Report(reader, topic, payload, at)
        read(report, payload)
        return report.done()

    return Stateless(decode)


def begin(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    """Start a document: what its `field` calls the device outranks the topic."""
    report.begin()
    member = report.reader.source.member
    if member and isinstance(word := dig(tree, member), (str, int)) and not isinstance(word, bool):
        report.said = report.said._replace(device=str(word))
