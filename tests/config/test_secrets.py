"""Secrets come from the environment or from files, and stay out of messages and representations."""

import pytest

BROKER = "{url: 'mqtts://h:8883', username: '${WHO}', password: '${MQTT_PASSWORD}'}"


def test_a_secret_comes_from_the_environment(directory):
    directory.edit("atrium.yaml", "embedded", BROKER)
    broker = directory.load({"WHO": "watch", "MQTT_PASSWORD": "hush"}).settings.broker
    assert (broker.username, broker.password) == ("watch", "hush")


def test_or_from_the_file_that_name_file_points_to(directory, tmp_path):
    directory.edit("atrium.yaml", "embedded", BROKER)
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    broker = directory.load({"WHO": "watch", "MQTT_PASSWORD_FILE": str(tmp_path / "secret")}).settings.broker
    assert (broker.username, broker.password) == ("watch", "hush")


def test_a_secret_that_is_nowhere_set_is_a_complaint(directory):
    directory.edit("atrium.yaml", "embedded", BROKER)
    told = directory.complaints({"MQTT_PASSWORD_FILE": "/nonexistent/secret"})
    assert [one.split(" → ")[0] for one in told] == [
        "atrium.yaml:1 the file that MQTT_PASSWORD_FILE names cannot be read",
        "atrium.yaml:1 the secret WHO is not set",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("atrium.yaml", "embedded", "{url: 'mqtt://h', password: hush}"),
        ("atrium.yaml", "embedded", "{url: 'mqtt://u:hush@h'}"),
        ("atrium.yaml", "embedded", "{url: 'hush'}"),
        ("atrium.yaml", "embedded", "{url: [hush]}"),
        ("atrium.yaml", "embedded", "embedded\ndatabase: postgresql://u:hush@h/d"),
        ("notices.yaml", "kind: console", "kind: apprise, url: 'hush://hush'"),
        ("notices.yaml", "kind: console", "kind: console, url: 'json://hush'"),
    ],
)
def test_a_secret_written_out_is_complained_about_without_repeating_it(directory, caplog, file, old, new):
    directory.edit(file, old, new)
    told = directory.complaints()
    assert told
    assert "hush" not in "\n".join(told) + caplog.text


def test_no_representation_shows_a_secret(directory):
    directory.edit("atrium.yaml", "embedded", BROKER.replace("mqtts://h:8883", "mqtts://h:8883"))
    directory.edit("notices.yaml", "kind: console", "kind: apprise, url: '${HOOK}'")
    configuration = directory.load({"WHO": "watch", "MQTT_PASSWORD": "hush", "HOOK": "json://hush.example/x"})
    assert configuration.sites["hill"].channels["console"].url == "json://hush.example/x"
    assert "hush" not in repr(configuration) + configuration.digest


def test_the_digest_does_not_depend_on_secrets(directory):
    directory.edit("atrium.yaml", "embedded", BROKER)
    digests = {directory.load({"WHO": "watch", "MQTT_PASSWORD": word}).digest for word in ("hush", "hist")}
    assert len(digests) == 1
