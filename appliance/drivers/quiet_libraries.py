"""What libraries write to file 2 past Python, kept off the terminal: a JACK that is not there is no news for a crew."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_libraries(*spoken: bytes) -> Iterator[None]:
    """Drop lines of file 2; where `spoken` are given only those that begin so, and the rest is passed on."""
    if sys.stderr is None:  # started with file 2 closed: nobody hears them
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            heard.seek(0)
            if spoken:
                os.write(2, b"".join(line for line in heard if not line.startswith(spoken)))
