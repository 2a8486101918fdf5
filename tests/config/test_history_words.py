"""`history:` in atrium.yaml: what is meant, and every mistake in words that don't repeat a secret."""

from __future__ import annotations

import pytest

from daemon.core.site import HistoryServer

INFLUX = "history: {kind: influx, url: 'http://h:8086', "


def write(directory, words):
    directory.edit("atrium.yaml", "embedded", f"embedded\n{words}")


def test_values_are_kept_in_the_data_directory_unless_a_server_is_named(directory):
    assert directory.load().settings.history is None


def test_a_server_is_named_with_its_secret_from_outside(directory):
    write(directory, INFLUX + "token: '${KEY}', bucket: b, org: o, read: influxql, spool_hours: 2}")
    server = directory.load({"KEY": "hush"}).settings.history
    assert server == HistoryServer("http://h:8086", "hush", "o", "b", "", "influxql", 7_200.0, 4 << 30)
    assert "hush" not in repr(server)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (INFLUX + "token: hush}", "atrium.yaml:2 the token is written in the file"),
        ("history: {kind: influx, url: 'http://u:hush@h'}", "atrium.yaml:2 the password in the URL is written in the file"),
        ("history: {kind: influx, url: 'h:8086'}", "atrium.yaml:2 the history server's address is not one → write http"),
        (INFLUX + "read: influxql}", "atrium.yaml:2 InfluxDB needs the name of its database → add database:"),
        (INFLUX + "database: d}", "atrium.yaml:2 VictoriaMetrics has no databases → remove database"),
        (INFLUX + "database: d, bucket: b, read: influxql}", "atrium.yaml:2 both a database and a bucket are written → write"),
        (INFLUX + "spool_hours: 0}", 'atrium.yaml:2 "spool_hours" cannot be used: 0'),
    ],
)
def test_a_mistake_is_said_with_what_to_do(directory, words, complaint):
    write(directory, words)
    told = directory.complaints()
    assert any(one.startswith(complaint) for one in told), told
    assert not any("hush" in one for one in told)
