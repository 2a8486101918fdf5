"""Equipment judged by its limits alone, beside the doubts about data: what is cheaper then is what signatures cost.

`python -m tests.bench.limits_only run …` is the `atrium` command that judges so.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daemon import config
from daemon.__main__ import app

if TYPE_CHECKING:
    from daemon.core.site import Configuration


def limits_only(configuration: Configuration) -> Configuration:
    """The same without signatures. Devices share their models as before."""
    models = {id(device.model): device.model for site in configuration.sites.values() for device in site.devices.values()}
    plain = {key: replace(model, signatures=()) for key, model in models.items()}
    sites = {
        name: replace(site, devices={key: replace(device, model=plain[id(device.model)]) for key, device in site.devices.items()})
        for name, site in configuration.sites.items()
    }
    return replace(configuration, sites=sites)


def main(arguments: list[str]) -> None:
    """Run the command."""
    load = config.load

    def plainly(*given: Any, **named: Any) -> Configuration:
        return limits_only(load(*given, **named))

    config.load = plainly
    app(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
