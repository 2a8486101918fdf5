"""An uploaded picture → a clean file under the photos directory and the row that points to it."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.ports import Attachment
from dashboards import picture
from dashboards.problems import Problem

if TYPE_CHECKING:
    from dashboards.shared import Shared

SECONDS = 10.0
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def tidy(needs: Shared, raw: bytes) -> bytes:
    """A clean JPEG. Raises Problem 422 for what is no picture, 413 for one of too many pixels, 503 when too many wait."""
    if not raw.startswith(_MAGIC):
        raise Problem(422, "picture")
    if not needs.cleaning.acquire(timeout=SECONDS):
        raise Problem(503, "busy", headers={"Retry-After": "5"})
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            [sys.executable, "-P", str(Path(picture.__file__))], input=raw, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Problem(422, "picture") from error
    finally:
        needs.cleaning.release()
    if done.returncode == picture.TOO_MANY_PIXELS:
        raise Problem(413, "pixels")
    if done.returncode:
        raise Problem(422, "picture")
    return done.stdout


def keep(needs: Shared, jpeg: bytes, *, ticket: str, kind: str, by: str) -> Attachment:
    """Write the file, whole or not at all, under a name nobody can guess."""
    name = secrets.token_hex(12)
    folder = needs.photos / ticket
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    path = folder / f"{name}.jpg"
    part = path.with_suffix(".part")
    part.write_bytes(jpeg)
    part.replace(path)
    digest = hashlib.sha256(jpeg).hexdigest()
    return Attachment(name, ticket, kind, needs.clock.now(), by, f"{ticket}/{name}.jpg", len(jpeg), digest)


def drop(needs: Shared, photo: Attachment) -> None:
    """The transaction did not go through: nobody will ever point to it."""
    (needs.photos / photo.path).unlink(missing_ok=True)
