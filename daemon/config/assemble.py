"""Turns the files of a configuration directory into one `Configuration`, or raises every complaint about them at once."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from daemon.config import models, people, service, settings, site
from daemon.config.complaints import Complaint, ConfigurationError, Place, suggest
from daemon.config.kinds import Own, own_kinds
from daemon.config.model import Foundry
from daemon.config.shape import shape
from daemon.config.sources import Reach
from daemon.config.text import Document, read
from daemon.core.site import Configuration
from sensors.registry import kinds as known_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from daemon.core.site import Site
    from sensors.kit.words import Kind

TOP = ("atrium.yaml", "people.yaml", "notices.yaml", "service.yaml")
RULES_ONLY = {"common"}  # data-quality rules of every point, not a piece of equipment
FOLDERS = ("sites", "schema", "kinds")


def load(directory: Path, *, environ: Mapping[str, str] | None = None, kinds: Mapping[str, Kind] | None = None) -> Configuration:
    """Read `atrium.yaml`, `people.yaml`, `notices.yaml`, `service.yaml`, `kinds/*.yaml` and `sites/*.yaml`.

    Secrets written as `${NAME}` come from `environ` (default: the process's). Raises ConfigurationError with all complaints.
    """
    complaints: list[Complaint] = []
    with _unswept():
        documents = _documents(directory, complaints)
        own = own_kinds(directory, known_kinds() if kinds is None else kinds, complaints)
        configuration = _assemble(directory, documents, own, os.environ if environ is None else environ, complaints)
    if complaints:
        raise ConfigurationError(complaints)
    return configuration


@contextmanager
def _unswept() -> Iterator[None]:
    """No searching for cycles while millions of objects are made that all stay: it would take longer than making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _documents(directory: Path, complaints: list[Complaint]) -> dict[str, Document]:
    """The files at the top by their names; files that nobody would read, or that are missing, are complained about."""
    if not directory.is_dir():
        complaint = Complaint(
            str(directory), 1, "no such directory", "name the directory that holds atrium.yaml and sites/ (--config DIR)"
        )
        raise ConfigurationError([complaint])
    complaints += _strangers(directory)
    found = {name: read(directory / name, name, complaints) for name in TOP if (directory / name).exists()}
    if "people.yaml" not in found:
        complaints.append(Complaint("people.yaml", 1, "the file is missing", "write who is to be told: teams and people"))
    if not _stems(directory):
        complaints.append(Complaint("sites", 1, "no site is described", "write sites/NAME.yaml, one file for each community"))
    return found


def _stems(directory: Path) -> list[str]:
    """The sites described: the names of their files."""
    return sorted(path.stem for path in (directory / "sites").glob("*.yaml"))


def _strangers(directory: Path) -> Iterator[Complaint]:
    for path in sorted(directory.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in TOP:
            yield Complaint(path.name, 1, "nobody reads this file", suggest(path.name, TOP, none="remove it"))
        if path.is_dir() and path.name not in FOLDERS and not path.name.startswith("."):
            yield Complaint(path.name, 1, "nobody reads this folder", suggest(path.name, FOLDERS, none="remove it"))
    for path in sorted((directory / "sites").glob("*.yml")):
        yield Complaint(f"sites/{path.name}", 1, "nobody reads this file", f"rename it to {path.stem}.yaml")


def _assemble(
    directory: Path,
    documents: Mapping[str, Document],
    own: Own,
    environ: Mapping[str, str],
    complaints: list[Complaint],
) -> Configuration:
    equipment = {name: kind for name, kind in own.kinds.items() if name not in RULES_ONLY}
    atrium, at_atrium = shape(models.AtriumWords, _named("atrium.yaml", documents), complaints)
    notices, at_notices = shape(models.NoticesWords, _named("notices.yaml", documents), complaints)
    promises, at_service = shape(models.ServiceWords, _named("service.yaml", documents), complaints)
    staff, at_people = shape(models.PeopleWords, _named("people.yaml", documents), complaints)
    stems, told = _stems(directory), Told(own.kinds)
    told.add(*(document.data for document in documents.values()))
    channels = settings.channels(notices, at_notices, environ)
    roster = people.roster(
        staff,
        at_people,
        kinds=equipment.keys(),
        sites=stems,
        channels=channels.keys() | _named("notices.yaml", documents).ids("channels"),
    )
    commons = site.Commons(Foundry(equipment, frozenset(own.broken)), roster, service.terms(promises, at_service), channels)
    sites = {}
    for stem in stems:
        document = read(directory / "sites" / f"{stem}.yaml", f"sites/{stem}.yaml", complaints)
        told.add(document.data)
        if (made := _site(stem, document, commons, complaints)) is not None:
            sites[made.id] = made
        document.forget()
    return Configuration(
        settings=settings.settings(atrium, at_atrium, environ, Reach(sites, frozenset(stems))),
        sites=sites,
        digest=told.digest(),
        kinds=own.kinds,
    )


def _named(name: str, documents: Mapping[str, Document]) -> Document:
    return documents.get(name, Document(name))


def _site(stem: str, document: Document, commons: site.Commons, complaints: list[Complaint]) -> Site | None:
    words, place = shape(models.SiteWords, document, complaints)
    if words is None:
        if document.file not in {complaint.file for complaint in complaints}:
            place.complain("the file is empty", "describe the site, or remove the file")
        return None
    if words.site != stem:
        Place(document, complaints, ("site",)).complain(
            f'site "{words.site}" is written in {document.file}',
            f"rename the file to {words.site}.yaml, or the site to {stem}",
        )
    return site.build(words, place, commons)


class Told:
    """Makes a name for exactly this configuration and these rules. Comments and layout do not count, secrets are not in it."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._hash = hashlib.sha256()
        for name in sorted(kinds):
            self._hash.update(repr(dataclasses.replace(kinds[name], plant=None)).encode())

    def add(self, *data: object) -> None:
        """What the files say, in their order."""
        for one in data:
            self._hash.update(msgspec.json.encode(one, order="sorted") + b"\n")

    def digest(self) -> str:
        """32 hexadecimal digits."""
        return self._hash.hexdigest()[:32]
