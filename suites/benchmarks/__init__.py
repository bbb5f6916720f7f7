"""Measurements, run apart; never part of a verdict."""
