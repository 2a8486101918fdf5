"""The list of figures is what is shown, and what the documentation says."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from daemon import health
from daemon.core.vitals import Check
from daemon.metrics import METRICS, Metrics, table

ROOT = Path(__file__).parent.parent


def shown(part):
    lines = Metrics(part).page()[2].decode().splitlines()
    return {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}


@pytest.mark.parametrize("part", ["watch", "web"])
def test_what_is_listed_is_shown_and_what_is_shown_is_listed(part):
    assert shown(part) == {metric.name: metric.kind for metric in METRICS if part in metric.parts}


def test_every_name_says_what_it_is():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert metric.name.startswith("atrium_")
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name


def test_a_name_that_is_not_listed_cannot_be_counted():
    with pytest.raises(KeyError):
        Metrics("watch").count("atrium_surprises_total")


def test_the_documentation_has_the_list():
    assert table() in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture
def port():
    checks = []
    metrics = Metrics("watch")
    server = health.serve("127.0.0.1", 0, health.pages(metrics, lambda: checks))
    yield server.server_address[1], metrics, checks
    server.shutdown()
    server.server_close()


def test_figures_and_health_have_a_port_of_their_own(port):
    number, metrics, checks = port
    metrics.count("atrium_messages_total", 3, "main")
    assert b'atrium_messages_total{source="main"} 3.0' in urlopen(f"http://127.0.0.1:{number}/metrics").read()
    assert urlopen(f"http://127.0.0.1:{number}/healthz").status == 200
    assert urlopen(f"http://127.0.0.1:{number}/readyz").status == 200
    checks.append(Check("disk", ok=False, reason="12 MB of disk are left"))
    with pytest.raises(HTTPError) as refused:
        urlopen(f"http://127.0.0.1:{number}/readyz")
    with refused.value as answer:
        assert answer.status == 503
        assert json.load(answer)["checks"]["disk"] == {"ok": False, "reason": "12 MB of disk are left"}


def test_a_port_that_is_taken_is_no_reason_not_to_watch(port):
    assert health.serve("127.0.0.1", port[0], {}) is None
