"""The `atrium` command and the composition root: the only place that knows every part. Each command loads only what it needs.

Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration (one plain sentence on stderr).
"""
# ruff: noqa: PLC0415 - imports stand in the commands that need them, so that each starts quickly

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from daemon.cli import Config, Data, MqttUrl, fail, here, load_or_fail, open_or_fail, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.site import Configuration
    from daemon.processes import Place

app = typer.Typer(
    help="Atrium 心房: watches equipment rooms and closes the loop.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
user_app = typer.Typer(help="People who may sign in.", no_args_is_help=True)
app.add_typer(user_app, name="user")


@app.command()
def run(
    config: Config = None,
    data: Data = Path("data"),
    role: Annotated[str, typer.Option(help="all, watch or web")] = "all",
    mqtt: MqttUrl = "",
    mqtt_port: Annotated[int, typer.Option(help="port of the embedded broker")] = 1883,
    port: Annotated[int, typer.Option(help="port of the pages; 0: as configured")] = 0,
) -> None:
    """Run Atrium: the watch, the pages and, where `broker: embedded`, a broker of its own."""
    gc.disable()  # a tenth of the start would go into looking for cycles in what stays; each part enables it when it is loaded
    from daemon import processes

    place = processes.Place(here(config), data, mqtt, mqtt_port, port)
    if role not in ("all", "watch", "web"):
        fail(f"There is no role {role!r}; there are all, watch and web.")
    configuration = load_or_fail(place.config)
    works = _works(place, configuration)
    raise typer.Exit(processes.supervise(place, configuration, works) if role == "all" else works[role]())


def _works(place: Place, configuration: Configuration) -> dict[str, Callable[[], int]]:
    """What each role does; each imports what it needs."""
    from daemon import compose

    def web() -> int:
        from dashboards.app import create_app

        return compose.web(place, configuration, create_app)

    return {"watch": lambda: compose.watch(place, configuration), "web": web}


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="port of the pages")] = 8080,
    mqtt_port: Annotated[int, typer.Option(help="port of the embedded broker")] = 1883,
    data: Annotated[Path | None, typer.Option(help="keep what happens here; default: a fresh place each time")] = None,
    speed: Annotated[float, typer.Option(help="how many times faster than life", min=0.1, max=60.0)] = 1.0,
    quiet: Annotated[bool, typer.Option("--quiet", help="no notices on the console")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """The demo community, alive: a broker, a simulator with a fault every few minutes, the watch and the pages."""
    from daemon import demonstrate
    from dashboards.auth import hash_password

    wishes = demonstrate.Wishes(port, mqtt_port, data, speed, quiet=quiet)
    raise typer.Exit(demonstrate.demo(wishes, hash_password, _works))


@app.command(hidden=True)
def demo_plant(config: Config, mqtt: MqttUrl) -> None:
    """The demo's simulator process."""
    from daemon import demonstrate

    demonstrate.play(load_or_fail(here(config)), mqtt)


@app.command()
def check(
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Say everything that is wrong with a configuration: file:line, what, what to do."""
    from daemon.check import check as complain

    code, lines = complain(here(config), as_json=as_json)
    typer.echo("\n".join(lines))
    raise typer.Exit(code)


@app.command()
def schema(out: Annotated[Path | None, typer.Option(help="write one file per schema here")] = None) -> None:
    """JSON Schemas of the configuration files."""
    from daemon.schema import schemas, write

    if out is None:
        typer.echo(json.dumps({name: json.loads(text) for name, text in schemas().items()}, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(str(path) for path in write(out)))


@app.command()
def equipment(
    out: Annotated[Path, typer.Option(help="write one page per kind here")] = Path("docs/equipment"),
    config: Annotated[Path | None, typer.Option(help="with the kinds of this configuration, too")] = None,
) -> None:
    """Everything known about each kind of equipment as pages for people, Chinese and English."""
    from daemon.equipment import write

    typer.echo("\n".join(map(str, write(out, load_or_fail(config).kinds if config else None))))


@app.command()
def simulate(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    config: Config = None,
    mqtt: MqttUrl = "",
    site: Annotated[str | None, typer.Option(help="only this site")] = None,
    device: Annotated[list[str] | None, typer.Option(help="only these devices")] = None,
    speed: Annotated[float, typer.Option(help="only with --out, or inside the demo")] = 1.0,
    seed: Annotated[int, typer.Option()] = 1,
    fault: Annotated[list[str] | None, typer.Option(help="DEVICE:LABEL@SECONDS[+DURATION]")] = None,
    rate: Annotated[float | None, typer.Option(help="messages a second, ignoring their times")] = None,
    for_seconds: Annotated[float | None, typer.Option("--for", help="seconds to simulate")] = None,
    start: Annotated[str | None, typer.Option(help="RFC 3339; with --out 2026-01-01T00:00:00+08:00, else now")] = None,
    out: Annotated[Path | None, typer.Option(help="write a recording, as fast as it goes")] = None,
) -> None:
    """Play the equipment: publish with QoS 1, or write a recording. The same arguments give the same bytes."""
    from daemon import playing

    wanted = playing.Wanted(site, tuple(device or ()), seed, tuple(fault or ()), for_seconds, start)
    configuration = load_or_fail(here(config))
    if out is not None:
        playing.write(configuration, wanted, out)
    elif not mqtt:
        fail("Name a broker with --mqtt mqtt://host:port, or a file with --out FILE.")
    elif speed != 1.0:
        fail("--speed other than 1 goes only with --out: the watch lives by the real clock.")
    else:
        playing.publish(configuration, wanted, mqtt, rate)


@app.command()
def record(mqtt: MqttUrl, out: Annotated[Path, typer.Option(help=".gz and .zst are compressed")]) -> None:
    """Write what a broker says to a recording, until stopped."""
    from daemon import recording

    typer.echo(f"{recording.record(mqtt, out)} messages in {out}", err=True)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="a recording")],
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False,  # noqa: FBT002 - typer's way
    until: Annotated[str | None, typer.Option(help="let time pass until then (RFC 3339)")] = None,
    everything: Annotated[bool, typer.Option("--all", help="judge devices that do not occur, too")] = False,  # noqa: FBT002 - same
    learn: Annotated[bool, typer.Option(help="learn what is usual from it, too, and tell what is not")] = False,  # noqa: FBT002 - same
) -> None:
    """Feed a recording through the whole core and print what the watch would have said."""
    from daemon import playing

    playing.replay(load_or_fail(here(config)), file, playing.Replay(until, everything, learn), as_json=as_json)


@app.command()
def doctor(
    config: Config = None,
    data: Data = Path("data"),
    mqtt: MqttUrl = "",
    mqtt_port: Annotated[int, typer.Option(help="port of the embedded broker")] = 1883,
    port: Annotated[int, typer.Option(help="port of the pages; 0: as configured")] = 0,
    as_json: Annotated[bool, typer.Option("--json")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Look for what silently loses messages or keeps Atrium from starting, in plain words."""
    from daemon import finding, processes
    from daemon.doctor import Patient, examine

    configuration, place = load_or_fail(here(config)), processes.Place(here(config), data, mqtt, mqtt_port, port)
    broker = None if place.embedded(configuration) else place.brokers(configuration)[0]
    patient = Patient(configuration, data, broker, mqtt_port, port or configuration.settings.web_port)
    found = list(progress(examine(patient), "checks"))
    typer.echo(finding.told(found, as_json=as_json))
    raise typer.Exit(finding.code(found))


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="the file to write")],
    config: Config = None,
    data: Data = Path("data"),
) -> None:
    """Copy the database beside a running watch, whole at one moment, and check the copy."""
    from daemon import processes
    from daemon.adapters.store import backup as copy

    with processes.broken_in_words():
        size = copy(load_or_fail(here(config)).settings.database, data, to)
    typer.echo(
        f"{to}: {size / 1e6:.1f} MB, checked. To restore: stop Atrium, put it in the place of {data / 'atrium.db'}, start."
    )


@user_app.command("add")
def user_add(
    name: str,
    role: Annotated[list[str], typer.Option(help="operator, technician or manager")],
    person: Annotated[str, typer.Option(help="the id in people.yaml")] = "",
    config: Config = None,
    data: Data = Path("data"),
) -> None:
    """Let somebody sign in; asks for the password, or reads it from standard input."""
    from daemon import accounts
    from daemon.ports import User

    configuration = load_or_fail(here(config))
    with open_or_fail(configuration, data) as store:
        accounts.add(store, configuration, User(name, person, tuple(role), _new_password()))


@user_app.command("list")
def user_list(config: Config = None, data: Data = Path("data")) -> None:
    """Who may sign in."""
    with open_or_fail(load_or_fail(here(config)), data) as store:
        for user in store.users():
            typer.echo(f"{user.name}\t{user.person}\t{','.join(user.roles)}\t{'disabled' if user.disabled else ''}")


@user_app.command("disable")
def user_disable(name: str, config: Config = None, data: Data = Path("data")) -> None:
    """Refuse somebody from now on, in every open page too."""
    from daemon import accounts

    with open_or_fail(load_or_fail(here(config)), data) as store:
        accounts.disable(store, name)


@user_app.command("reset")
def user_reset(name: str, config: Config = None, data: Data = Path("data")) -> None:
    """Give somebody a new password."""
    from daemon import accounts

    with open_or_fail(load_or_fail(here(config)), data) as store:
        accounts.reset(store, name, _new_password())


def _new_password() -> str:
    """The hash of a password that was typed, or came on standard input."""
    from daemon.accounts import good_password
    from dashboards.auth import hash_password

    if sys.stdin.isatty():
        return hash_password(good_password(str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))))
    return hash_password(good_password(sys.stdin.readline().rstrip("\n")))


def main() -> None:
    """Entry point of the `atrium` command. Answers go to standard output, what happens on the way to standard error."""
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(  # the usual renderer shows every variable: secrets, and half a minute of work with a watch's memory
        processors=[*structlog.get_config()["processors"][:-1], plain],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()


if __name__ == "__main__":
    main()
