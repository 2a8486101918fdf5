"""A request → the language to answer in, and a key → the sentence in it. `locales/*.json` is the one source of server words."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from daemon.core.public import Words
    from sensors.kit.words import Text

LANGUAGES = ("zh", "en")
COOKIE = "lang"
_HERE = Path(__file__).parent / "locales"


def read(language: str) -> dict[str, str]:
    """All sentences of one language."""
    words: dict[str, str] = json.loads((_HERE / f"{language}.json").read_text(encoding="utf-8"))
    return words


_WORDS = {language: read(language) for language in LANGUAGES}


def say(language: str, key: str, **values: object) -> str:
    """One sentence with its values filled in."""
    return _WORDS[language][key].format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """The sentence in every language."""
    return {language: say(language, key, **values) for language in LANGUAGES}


def pick(text: Text | Words, language: str) -> str:
    """One language of a text that has both."""
    spoken: Text | SimpleNamespace = SimpleNamespace(**text) if isinstance(text, dict) else text
    said: str = spoken.zh if language == "zh" else spoken.en
    return said


def choose(request: HTTPConnection, default: str = "zh") -> str:
    """`?lang=`, the path (/zh, /en), the visitor's last choice, the browser's wish, in that order."""
    wishes = [request.query_params.get("lang", ""), request.url.path.strip("/"), request.cookies.get(COOKIE, "")]
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    return accepted(request.headers.get("accept-language", ""), default)


def accepted(header: str, default: str) -> str:
    """The best of `Accept-Language`: `en-GB,en;q=0.9,zh;q=0.8` → en."""
    weighed = [_weigh(part) for part in header.split(",")[:20]]
    best = [(weight, language) for weight, language in weighed if language in LANGUAGES and weight > 0]
    return max(best, key=lambda one: one[0], default=(0.0, default))[1]


def _weigh(part: str) -> tuple[float, str]:
    name, _, rest = part.partition(";")
    try:
        weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
    except ValueError:
        weight = 0.0
    return weight, name.strip().lower().partition("-")[0]
