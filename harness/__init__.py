"""The judge: a conformance harness for the Common Services of the EU Once-Only Technical System."""

__version__ = "0.1.0"
