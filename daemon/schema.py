"""Turns the words of the configuration into JSON Schemas, so that an editor completes `config/*.yaml` as one types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from daemon.config.models import FILES

if TYPE_CHECKING:
    from pathlib import Path

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name → JSON text: atrium.json, site.json, people.json, notices.json, service.json, kind.json."""
    return {f"{name}.json": _text({"$schema": DIALECT, **model.model_json_schema()}) for name, model in FILES.items()}


def write(directory: Path) -> list[Path]:
    """Write every schema into a directory, which is made if need be; returns the files."""
    directory.mkdir(parents=True, exist_ok=True)
    found = []
    for name, text in schemas().items():
        (directory / name).write_text(text, encoding="utf-8")
        found.append(directory / name)
    return found


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
