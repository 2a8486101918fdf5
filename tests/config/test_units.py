"""Units convert by what they measure."""

import pytest

from daemon.config.units import UNITS, convert

TABLE = [
    (800, "kPa", 0.8, "MPa"), (8, "bar", 0.8, "MPa"), (100, "psi", 0.689476, "MPa"),
    (10, "mH2O", 0.0980665, "MPa"),
    (212, "degF", 100, "Cel"), (273.15, "K", 0, "Cel"), (36, "m3/h", 10, "L/s"), (600, "L/min", 36, "m3/h"),
    (19.2, "m3/d", 0.8, "m3/h"),
    (350, "cm", 3.5, "m"), (0.25, "A", 250, "mA"), (7000, "W", 7, "kW"), (90, "s", 1.5, "min"), (0.5, "1", 50, "%"),
    (3000, "rpm", 50, "Hz"),
    (40, "mS/m", 400, "uS/cm"),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "source", "result", "target"), TABLE)
def test_a_figure_converts(figure, source, result, target):
    scale, offset = convert(source, target)
    assert figure * scale + offset == pytest.approx(result, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    ("source", "target"), [("V", "A"), ("MPa", "m"), ("furlong", "m"), ("m", ""), ("kW", "kWh"), ("kVA", "kW")]
)
def test_what_measures_something_else_does_not_convert(source, target):
    assert convert(source, target) is None


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_converts_to_itself_without_a_change(unit):
    assert convert(unit, unit) == (1.0, 0.0)
