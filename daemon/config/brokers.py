"""Turns the words of `broker:` and `sources:` into brokers with their addresses, secrets, topic filters and mappings."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daemon.config.complaints import Uniques
from daemon.config.secret import guard, guard_url, reveal
from daemon.config.sources import Reach, source_of
from daemon.core.site import Broker
from daemon.dialects import families

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from daemon.config.complaints import Place
    from daemon.config.models import AtriumWords
    from daemon.config.source_models import BrokerWords, SourceWords

SCHEMES = {"mqtt": 1883, "mqtts": 8883}
_HOLES = re.compile(r"\{(?:site|device|point)\}")


def main(words: AtriumWords, place: Place, environ: Mapping[str, str]) -> Broker | None:
    """The broker that readings come from; None: embedded."""
    if words.broker is None:
        return None
    here = place.at("broker")
    return Broker("main", *_link(words.broker, here, environ), ca=_authority(words.broker, here, environ))


def sources(words: AtriumWords, place: Place, environ: Mapping[str, str], reach: Reach) -> tuple[Broker, ...]:
    """The further sources, each with its dialect and what its words mean."""
    seen, found = Uniques("source", "rename one of the two"), []
    seen.check("main", place.at("broker"))
    for source, here in zip(words.sources, place.each("sources", len(words.sources)), strict=True):
        seen.check(source.id, here.at("id"))
        found.append(_source(source, here, environ, reach))
    return tuple(found)


def _source(words: SourceWords, place: Place, environ: Mapping[str, str], reach: Reach) -> Broker:
    family = families().get(words.dialect)
    if family is None:
        place.at("dialect").unknown("dialect", words.dialect, families())
    templates = _templates(words, place, family)
    made = source_of(words, place, reach, family, templates)
    filters = tuple(dict.fromkeys(_filter(template) for template in templates))
    ca = _authority(words, place, environ)
    return Broker(words.id, *_link(words, place, environ), words.dialect, made, filters, ca)


def _link(words: BrokerWords, place: Place, environ: Mapping[str, str]) -> tuple[str, str, str]:
    guard(words.password, place.at("password"), "password")
    guard_url(words.url, place.at("url"))
    url = reveal(words.url, place.at("url"), environ)
    _complain_about_url(url, place.at("url"))
    return url, reveal(words.username, place.at("username"), environ), reveal(words.password, place.at("password"), environ)


def _authority(words: BrokerWords, place: Place, environ: Mapping[str, str]) -> str:
    """The file of the certificate authority, tried: a broker that nobody can trust would be silent for ever."""
    path = reveal(words.ca, place.at("ca"), environ)
    if not path:
        return ""
    if not Path(path).is_absolute():
        place.at("ca").complain(f'"{path}" is not a whole path', "write it from the root: /etc/atrium/broker-ca.pem")
        return path
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError
        why = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else "it holds no certificate"
        place.at("ca").complain(f"{path} cannot be used: {why}", "name a PEM file that Atrium may read")
    return path


def _templates(words: SourceWords, place: Place, family: ModuleType | None) -> tuple[str, ...]:
    for index, topic in enumerate(words.topics):
        _complain_about_topic(topic, place.at("topics", index))
    usual: Iterable[str] = getattr(family, "TOPICS", ())
    if not words.topics and not usual and family is not None:
        place.complain(f"{words.dialect} is spoken under topics of the installer's choice", "add topics: [factory/{device}/data]")
    return tuple(words.topics) or tuple(usual)


def _filter(template: str) -> str:
    """What the broker is asked for: a level with a hole in it is any level."""
    return "/".join("+" if _HOLES.search(level) else level for level in template.split("/"))


def _complain_about_url(url: str, place: Place) -> None:
    """The address itself is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        place.complain("the port of the broker's address is not a number from 1 to 65535", "write mqtt://host:1883")
        return
    if parts.scheme not in SCHEMES or "://" not in url:
        place.complain(
            "the broker's address has no scheme that is known", "write mqtt://host:1883, or mqtts://host:8883 with TLS"
        )
    elif not parts.hostname or port == 0:
        place.complain("the broker's address names no host and port", f"write {parts.scheme}://host:{SCHEMES[parts.scheme]}")


def _complain_about_topic(topic: str, place: Place) -> None:
    holes = _HOLES.findall(topic)
    levels = _filter(topic).split("/")
    bad_hash = any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#")
    bad_plus = any("+" in level and level != "+" for level in levels)
    if not topic or bad_hash or bad_plus:
        place.complain(f'"{topic}" is not an MQTT topic filter', "+ stands for one whole level, # for the rest at the end")
    elif len(set(holes)) < len(holes) or "{" in _HOLES.sub("", topic):
        place.complain(f'"{topic}" has braces that say nothing', "write {site}, {device} and {point}, each once at most")
