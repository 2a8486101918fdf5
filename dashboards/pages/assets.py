"""Built and hand-written files → the addresses pages use: hashed names from Vite's manifest, a digest for our own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
BUILT = HERE.parent / "static"
PUBLIC = HERE / "public"


@dataclass(frozen=True, slots=True)
class Entry:
    """One built page: its script and its style sheets."""

    script: str
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assets:
    """`manifest` is empty while the pages have not been built."""

    folder: Path = BUILT
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def entry(self, name: str) -> Entry | None:
        """`wall` or `technician`; None: not built."""
        for key in (f"src/{name}/main.ts", f"{name}.html"):
            if key in self.manifest:
                styles = dict.fromkeys(_styles(self.manifest, key, set()))
                return Entry(f"/static/{self.manifest[key]['file']}", tuple(f"/static/{one}" for one in styles))
        return None


def read(folder: Path = BUILT) -> Assets:
    """Read once at start."""
    for path in (folder / ".vite" / "manifest.json", folder / "manifest.json"):
        if path.is_file():
            return Assets(folder, json.loads(path.read_text(encoding="utf-8")))
    return Assets(folder)


def _styles(manifest: Mapping[str, Any], key: str, seen: set[str]) -> Iterator[str]:
    """Style sheets of an entry and of everything it imports."""
    seen.add(key)
    for imported in manifest[key].get("imports", ()):
        if imported not in seen:
            yield from _styles(manifest, imported, seen)
    yield from manifest[key].get("css", ())


def own(name: str) -> str:
    """The address of one of our own files; it changes when the file does."""
    return f"/assets/{name}?v={_DIGESTS[name]}"


_DIGESTS = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in PUBLIC.iterdir()}
