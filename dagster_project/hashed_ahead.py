"""The hashes of large new files, begun before they are needed.

Of 2 GB it is a second and a half of one core. A run that the command line starts has another one,
idle at times while Dagster is imported.
"""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from dagster_project.genesys.containers import CHUNK, content_hash
from dagster_project.landing import new_files, sha256_of

if TYPE_CHECKING:
    from dagster_project.landing import LandedFile
    from dagster_project.settings import Settings


class HashedAhead:
    """A hasher (see `landing.load_report`) that begins with the context and ends with it.

    A file that it did not hash, or that has changed since, is hashed when it is asked for; so is
    one that cannot be read, and whoever asks hears why.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hashes: dict[LandedFile, str] = {}
        self._is_over = Event()
        self._thread = Thread(target=self._hash_all, name="hashed-ahead", daemon=True)

    def __enter__(self) -> Self:
        """Begins; nobody waits for it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends, whatever it is reading."""
        self._is_over.set()
        self._thread.join()

    def __call__(self, file: LandedFile) -> str:
        """As `landing.sha256_of`."""
        self._thread.join()
        return self._hashes.get(file) or sha256_of(file)

    def _hash_all(self) -> None:
        try:
            for file in new_files(self._settings):
                if file.size > CHUNK:
                    self._hashes[file] = content_hash(file.path, self._go_on)
        except (OSError, ValueError, TypeError, _OverError):
            # a file or the book cannot be read: whoever asks meets it again, and can say so
            return

    def _go_on(self) -> None:
        if self._is_over.is_set():
            raise _OverError


class _OverError(Exception):
    """Nobody needs a hash any more."""
