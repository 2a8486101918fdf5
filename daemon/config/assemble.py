"""Turns the files of a configuration directory into one `Configuration`, or raises every complaint about them at once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from daemon.config import models, people, service, settings, site
from daemon.config.complaints import Complaint, ConfigurationError, Place, suggest
from daemon.config.model import Foundry
from daemon.config.shape import shape
from daemon.config.sources import Reach
from daemon.config.text import Document, read
from daemon.core.site import Configuration
from sensors.registry import kinds as known_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from daemon.core.site import Site
    from sensors.kit.words import Kind

TOP = ("atrium.yaml", "people.yaml", "notices.yaml", "service.yaml")
RULES_ONLY = {"common"}  # data-quality rules of every point, not a piece of equipment
FOLDERS = ("sites", "schema", "kinds")


def load(directory: Path, *, environ: Mapping[str, str] | None = None, kinds: Mapping[str, Kind] | None = None) -> Configuration:
    """Read `atrium.yaml`, `people.yaml`, `notices.yaml`, `service.yaml` and `sites/*.yaml`.

    Secrets written as `${NAME}` come from `environ` (default: the process's). Raises ConfigurationError with all complaints.
    """
    complaints: list[Complaint] = []
    documents = _documents(directory, complaints)
    kinds = known_kinds() if kinds is None else kinds
    configuration = _assemble(documents, kinds, os.environ if environ is None else environ, complaints)
    if complaints:
        raise ConfigurationError(complaints)
    return configuration


def _documents(directory: Path, complaints: list[Complaint]) -> dict[str, Document]:
    """Every file by its name in the directory; files that nobody would read are complained about."""
    if not directory.is_dir():
        complaint = Complaint(
            str(directory), 1, "no such directory", "name the directory that holds atrium.yaml and sites/ (--config DIR)"
        )
        raise ConfigurationError([complaint])
    complaints += _strangers(directory)
    found = {name: read(directory / name, name, complaints) for name in TOP if (directory / name).exists()}
    for path in sorted((directory / "sites").glob("*.yaml")):
        found[f"sites/{path.name}"] = read(path, f"sites/{path.name}", complaints)
    if "people.yaml" not in found:
        complaints.append(Complaint("people.yaml", 1, "the file is missing", "write who is to be told: teams and people"))
    if not any(name.startswith("sites/") for name in found):
        complaints.append(Complaint("sites", 1, "no site is described", "write sites/NAME.yaml, one file for each community"))
    return found


def _strangers(directory: Path) -> Iterator[Complaint]:
    for path in sorted(directory.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in TOP:
            yield Complaint(path.name, 1, "nobody reads this file", suggest(path.name, TOP, none="remove it"))
        if path.is_dir() and path.name not in FOLDERS and not path.name.startswith("."):
            yield Complaint(path.name, 1, "nobody reads this folder", suggest(path.name, FOLDERS, none="remove it"))
    for path in sorted((directory / "sites").glob("*.yml")):
        yield Complaint(f"sites/{path.name}", 1, "nobody reads this file", f"rename it to {path.stem}.yaml")
    for path in sorted((directory / "kinds").glob("*.y*ml")):
        yield Complaint(
            f"kinds/{path.name}",
            1,
            "a site's own kinds are not supported yet",
            "use the kinds of sensors/ and override params and limits",
        )


def _assemble(
    documents: Mapping[str, Document], kinds: Mapping[str, Kind], environ: Mapping[str, str], complaints: list[Complaint]
) -> Configuration:
    equipment = {name: kind for name, kind in kinds.items() if name not in RULES_ONLY}
    atrium, at_atrium = shape(models.AtriumWords, _named("atrium.yaml", documents), complaints)
    notices, at_notices = shape(models.NoticesWords, _named("notices.yaml", documents), complaints)
    promises, at_service = shape(models.ServiceWords, _named("service.yaml", documents), complaints)
    staff, at_people = shape(models.PeopleWords, _named("people.yaml", documents), complaints)
    files = [document for name, document in documents.items() if name.startswith("sites/")]
    channels = settings.channels(notices, at_notices, environ)
    roster = people.roster(
        staff,
        at_people,
        kinds=equipment.keys(),
        sites=[_stem(document) for document in files],
        channels=channels.keys() | _named("notices.yaml", documents).ids("channels"),
    )
    commons = site.Commons(Foundry(equipment), roster, service.terms(promises, at_service), channels)
    sites = {made.id: made for made in _sites(files, commons, complaints)}
    reach = Reach(sites, frozenset(_stem(document) for document in files))
    return Configuration(
        settings=settings.settings(atrium, at_atrium, environ, reach),
        sites=sites,
        digest=digest((document.data for document in documents.values()), kinds),
    )


def _named(name: str, documents: Mapping[str, Document]) -> Document:
    return documents.get(name, Document(name))


def _stem(document: Document) -> str:
    return document.file.removeprefix("sites/").removesuffix(".yaml")


def _sites(files: Iterable[Document], commons: site.Commons, complaints: list[Complaint]) -> Iterator[Site]:
    for document in files:
        words, place = shape(models.SiteWords, document, complaints)
        if words is None:
            if document.file not in {complaint.file for complaint in complaints}:
                place.complain("the file is empty", "describe the site, or remove the file")
            continue
        if words.site != _stem(document):
            Place(document, complaints, ("site",)).complain(
                f'site "{words.site}" is written in {document.file}',
                f"rename the file to {words.site}.yaml, or the site to {_stem(document)}",
            )
        yield site.build(words, place, commons)


def digest(data: Iterable[Any], kinds: Mapping[str, Kind]) -> str:
    """A name for exactly this configuration and these rules. Comments and layout do not count, secrets are not in it."""
    told = hashlib.sha256(json.dumps(list(data), sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(kinds):
        told.update(repr(dataclasses.replace(kinds[name], plant=None)).encode())
    return told.hexdigest()[:32]
