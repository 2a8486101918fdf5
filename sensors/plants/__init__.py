"""Simulated plants: small physical models that behave like the equipment, healthy or with a labelled fault."""
