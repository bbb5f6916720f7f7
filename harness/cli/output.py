"""Standard output as a command sees it: what cannot be written is remembered, not raised.

The verdict of a run does not depend on whether somebody reads it, so a closed pipe or a full disk
must not replace the exit code that was earned.
"""

from __future__ import annotations

import os
from typing import TextIO


class Output:
    """Stands in for `sys.stdout`; `failure` is what the first failed write said."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.failure: OSError | None = None if stream else OSError("it is closed")

    def write(self, text: str) -> int:
        """Write, unless an earlier write failed."""
        return self._try("write", text) or 0

    def flush(self) -> None:
        """Flush, unless an earlier write failed."""
        self._try("flush")

    def isatty(self) -> bool:
        """Whether a terminal reads it."""
        return self._stream is not None and self._stream.isatty()

    @property
    def encoding(self) -> str:
        """The encoding of the stream behind it."""
        return self._stream.encoding if self._stream else "utf-8"

    def fileno(self) -> int:
        """The descriptor of the stream behind it; raises `OSError` where there is none."""
        if self._stream is None:
            raise OSError("it is closed")
        return self._stream.fileno()

    def _try(self, act: str, *words: str) -> int | None:
        if self.failure or self._stream is None:
            return None
        try:
            answer: int | None = getattr(self._stream, act)(*words)
        except OSError as failure:
            self.failure = failure
            # The interpreter flushes once more as it ends: into nothing.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            return None
        return answer
