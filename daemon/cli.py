"""What the commands share: their common options, one plain sentence and exit 2 for what the user can mend, a progress line."""

from __future__ import annotations

import sysconfig
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daemon.core.site import Configuration
    from daemon.ports import Store

T = TypeVar("T")
Config = Annotated[Path | None, typer.Option("--config", help="configuration directory; default: ./config, else the demo's")]
Data = Annotated[Path, typer.Option("--data", help="where everything is kept")]
MqttUrl = Annotated[str, typer.Option("--mqtt", help="mqtt://[user:password@]host[:port], instead of the configured broker")]
WRONG = 2
SHOW = 0.1  # s between changes of a progress line


def fail(sentence: str, code: int = WRONG) -> NoReturn:
    """Say it on stderr, with a full stop, and end."""
    typer.echo(sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}.", err=True)
    raise typer.Exit(code)


def here(config: Path | None) -> Path:
    """The configuration directory: as given, else ./config, else the one that was installed."""
    if config is not None:
        return config
    local, installed = Path("config"), Path(sysconfig.get_path("data")) / "share" / "atrium" / "config"
    return local if local.is_dir() or not installed.is_dir() else installed


def load_or_fail(directory: Path) -> Configuration:
    """The configuration, or every complaint and exit 2."""
    from daemon.config import ConfigurationError, load  # noqa: PLC0415 - the heaviest import, and `--help` does without

    try:
        return load(directory)
    except ConfigurationError as error:
        typer.echo("\n".join(map(str, error.complaints)), err=True)
        raise typer.Exit(WRONG) from None


@contextmanager
def open_or_fail(configuration: Configuration, data: Path) -> Iterator[Store]:
    """The store, closed afterwards; one sentence and exit 2 where it cannot be opened."""
    from daemon.adapters.store import open_store  # noqa: PLC0415 - only commands about accounts need it

    try:
        store = open_store(configuration.settings.database, data)
    except StoreBroken as broken:
        fail(str(broken))
    try:
        yield store
    finally:
        store.close()


def progress(items: Iterable[T], label: str) -> Iterator[T]:
    """Pass `items` on, showing on stderr, if that is a terminal, how many went by. What is printed meanwhile stays whole."""
    from rich.console import Console  # noqa: PLC0415 - only where something takes long
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - same

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn())
    console = Console(stderr=True)
    # Without redirect_stdout=False rich would send `atrium replay … > file` to the terminal instead of the file.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal) as bar:
        task, shown = bar.add_task(label, total=None), 0.0
        for count, item in enumerate(items, 1):
            if monotonic() - shown > SHOW:
                shown = monotonic()
                bar.update(task, completed=count)
            yield item
