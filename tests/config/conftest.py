"""A tiny correct configuration to make one mistake in, and a loader that answers with the complaints."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from kind import KINDS

from daemon.config import ConfigurationError, load

FILES = {
    "atrium.yaml": "broker: embedded\n",
    "notices.yaml": "channels:\n  - {id: console, kind: console}\n",
    "service.yaml": "promises:\n  critical: {accept: 5 min, on_site: 15 min}\n",
    "people.yaml": """\
teams:
  - {id: works, name: {zh: 工程, en: Works}, channels: [console]}
people:
  - id: wu
    name: 无名
    team: works
    roles: [technician]
    skills: [pump]
    shifts: [{start: 08:00, end: 20:00}]
    channels: [console]
""",
    "sites/hill.yaml": """\
site: hill
name: {zh: 山, en: Hill}
timezone: Asia/Shanghai
rooms:
  - {id: cellar, name: {zh: 地下室, en: Cellar}}
devices:
  - id: pump-1
    kind: pump
    room: cellar
    gateway: gw-1
    limits: {}
    points: {}
    params: {}
    instances: {}
gateways:
  - {id: gw-1, room: cellar}
""",
}


class Directory:
    """A configuration directory that tests write to, edit and load."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def load(self, environ=None):
        return load(self.path, environ=environ or {}, kinds=KINDS)

    def complaints(self, environ=None) -> list[str]:
        """What is complained about; an empty list where nothing is."""
        try:
            self.load(environ)
        except ConfigurationError as error:
            return [str(complaint) for complaint in error.complaints]
        return []


@pytest.fixture
def directory(tmp_path):
    """A correct little configuration: one site with one pump and one gateway, one technician."""
    return Directory(tmp_path)
