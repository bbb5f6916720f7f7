"""Views of a record: one module a format, none of which knows a protocol or computes a verdict."""

from harness.files import write

__all__ = ["write"]
