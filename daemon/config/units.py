"""Turns a unit written in a point mapping into the scale and offset that lead to the unit of the point."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit as a multiple of its quantity's base: base = value × factor + zero."""

    quantity: str
    factor: float
    zero: float = 0.0


# Factors are exact by definition (SI, 9.80665 m/s² for heads of water at 4 °C: 1 mH2O = 9.80665 kPa; 1 psi = 6.894757 kPa).
UNITS: dict[str, Unit] = {
    "Pa": Unit("pressure", 1.0),
    "hPa": Unit("pressure", 100.0),
    "kPa": Unit("pressure", 1e3),
    "MPa": Unit("pressure", 1e6),
    "mbar": Unit("pressure", 100.0),
    "bar": Unit("pressure", 1e5),
    "psi": Unit("pressure", 6894.757293168),
    "mH2O": Unit("pressure", 9806.65),
    "kgf/cm2": Unit("pressure", 98066.5),
    "Cel": Unit("temperature", 1.0),
    "degC": Unit("temperature", 1.0),
    "°C": Unit("temperature", 1.0),
    "℃": Unit("temperature", 1.0),
    "K": Unit("temperature", 1.0, -273.15),
    "degF": Unit("temperature", 5 / 9, -160 / 9),
    "°F": Unit("temperature", 5 / 9, -160 / 9),
    "mm": Unit("length", 1e-3),
    "cm": Unit("length", 1e-2),
    "m": Unit("length", 1.0),
    "L/s": Unit("flow", 1e-3),
    "L/min": Unit("flow", 1e-3 / 60),
    "L/h": Unit("flow", 1e-3 / 3600),
    "m3/s": Unit("flow", 1.0),
    "m3/h": Unit("flow", 1 / 3600),
    "m3/d": Unit("flow", 1 / 86400),
    "L": Unit("volume", 1e-3),
    "m3": Unit("volume", 1.0),
    "mV": Unit("voltage", 1e-3),
    "V": Unit("voltage", 1.0),
    "kV": Unit("voltage", 1e3),
    "uA": Unit("current", 1e-6),
    "mA": Unit("current", 1e-3),
    "A": Unit("current", 1.0),
    "kA": Unit("current", 1e3),
    "W": Unit("power", 1.0),
    "kW": Unit("power", 1e3),
    "MW": Unit("power", 1e6),
    "var": Unit("reactive power", 1.0),
    "kvar": Unit("reactive power", 1e3),
    "VA": Unit("apparent power", 1.0),
    "kVA": Unit("apparent power", 1e3),
    "Wh": Unit("energy", 1.0),
    "kWh": Unit("energy", 1e3),
    "MWh": Unit("energy", 1e6),
    "ms": Unit("time", 1e-3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    "mm/s": Unit("speed", 1e-3),
    "cm/s": Unit("speed", 1e-2),
    "m/s": Unit("speed", 1.0),
    "Hz": Unit("frequency", 1.0),
    "rpm": Unit("frequency", 1 / 60),
    "Ohm": Unit("resistance", 1.0),
    "kOhm": Unit("resistance", 1e3),
    "MOhm": Unit("resistance", 1e6),
    "1": Unit("ratio", 1.0),
    "%": Unit("ratio", 1e-2),
    "ug/L": Unit("concentration", 1e-3),
    "mg/L": Unit("concentration", 1.0),
    "g/L": Unit("concentration", 1e3),
    "uS/cm": Unit("conductivity", 1.0),
    "mS/cm": Unit("conductivity", 1e3),
    "mS/m": Unit("conductivity", 10.0),
    "umol/L": Unit("amount concentration", 1e-3),
    "mmol/L": Unit("amount concentration", 1.0),
    "milli-g": Unit("acceleration", 9.80665e-3),
    "m/s2": Unit("acceleration", 1.0),
}


def convert(source: str, target: str) -> tuple[float, float] | None:
    """(scale, offset) so that target = source × scale + offset; None where the units measure different things."""
    if source == target:
        return 1.0, 0.0
    here, there = UNITS.get(source), UNITS.get(target)
    if here is None or there is None or here.quantity != there.quantity:
        return None
    return _tidy(here.factor / there.factor), _tidy((here.zero - there.zero) / there.factor)


def like(target: str) -> list[str]:
    """The units that convert to `target`."""
    there = UNITS.get(target)
    return [name for name, unit in UNITS.items() if there is not None and unit.quantity == there.quantity] or [target]


def _tidy(figure: float) -> float:
    """1e3/1e6 is 0.001, without the last bits of a binary division."""
    return float(f"{figure:.15g}")
