"""Turns `${NAME}` in a configured text into the secret: from the environment, or from the file that NAME_FILE names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.config.complaints import Place

NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def reveal(text: str, place: Place, environ: Mapping[str, str]) -> str:
    """The text with every `${NAME}` filled in. A name that is nowhere set is complained about; its place stays empty."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in environ:
            return environ[name]
        if path := environ.get(f"{name}_FILE"):
            return _from_file(name, path, place)
        place.complain(
            f"the secret {name} is not set",
            f"set the environment variable {name}, or {name}_FILE to the path of a file that holds it",
        )
        return ""

    return NAME.sub(fill, text)


def guard(text: str, place: Place, noun: str) -> None:
    """Complain about a secret written out in the file."""
    if NAME.sub("", text):
        place.complain(
            f"the {noun} is written in the file", f"write ${{NAME}} and put the {noun} into the environment (NAME or NAME_FILE)"
        )


def guard_url(text: str, place: Place) -> None:
    """Complain about a password written out inside a URL."""
    try:
        password = urlsplit(NAME.sub("", text)).password
    except ValueError:  # not a URL at all: complained about where URLs are read
        return
    if password:
        guard(password, place, "password in the URL")


def _from_file(name: str, path: str, place: Place) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        place.complain(f"the file that {name}_FILE names cannot be read", "check its path and permissions")
        return ""
