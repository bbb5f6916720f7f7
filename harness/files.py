"""Files that are whole, or not there at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from harness.errors import UsageFault

_ELSEWHERE = "choose another --out"
_FULL = ("a disk with space left", f"free some space or {_ELSEWHERE}")
_READ_ONLY = ("a place that may be written to", _ELSEWHERE)
_KINDS: Mapping[int | None, tuple[str, str]] = MappingProxyType(
    {
        errno.ENOSPC: _FULL,
        errno.EDQUOT: _FULL,
        errno.EFBIG: _FULL,
        errno.EROFS: _READ_ONLY,
        errno.EACCES: _READ_ONLY,
        errno.EPERM: _READ_ONLY,
        errno.EISDIR: ("a file, or nothing yet", f"move the folder away or {_ELSEWHERE}"),
        errno.EEXIST: ("a folder, or nothing yet", f"move the file away or {_ELSEWHERE}"),
        errno.ENOTDIR: ("folders all the way", f"move the file away or {_ELSEWHERE}"),
        errno.ENAMETOOLONG: ("a name the file system can hold", "choose a shorter --out"),
    }
)
"""What is expected where the operating system refuses, and what to do about it."""


def write(path: Path, content: str | bytes) -> None:
    """Put a file where it belongs in one step; its folder is made where it is not there yet.

    Raises `UsageFault`, and then leaves what stood there before as it was.
    """
    part = path.with_name(f"{path.name}.part")
    octets = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(octets)
        os.replace(part, path)  # noqa: PTH105 -- what it is, by its usual name
    except OSError as cause:
        _remove(part)
        raise unwritable(path, cause) from None
    except BaseException:
        _remove(part)
        raise


def unwritable(path: Path, cause: OSError) -> UsageFault:
    """The fault of the user's place: what the operating system said, and what helps against it."""
    expected, remedy = _KINDS.get(cause.errno, ("a file that can be written", _ELSEWHERE))
    seen = (cause.strerror or str(cause)).lower()
    return UsageFault(str(path), expected=expected, seen=seen, remedy=remedy)


def _remove(part: Path) -> None:
    with suppress(OSError):
        part.unlink()
