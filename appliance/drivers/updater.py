"""Installs a release beside the running version, switches between songs, and takes back what does not prove itself."""

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from appliance.clock import Clock
from appliance.drivers.release_file import ReleaseFile
from appliance.drivers.systemd_units import UnitState
from appliance.drivers.version_store import VersionStore
from appliance.errors import GhostnoteError, UpdateFailed, UpdateRefused
from appliance.release.admission import Box, admit
from appliance.release.chronicle import Outcome, Update
from appliance.release.manifest import Kind, Manifest
from appliance.release.trial import Proof, Trial, Verdict
from appliance.release.version import Version

_LOOK = 0.25  # seconds between two looks at the units


class Units(Protocol):
    """The services that play a version."""

    def restart(self) -> None:
        """Stop and start them all. Raises: UpdateFailed."""
        ...

    def states(self) -> list[UnitState]:
        """How each is. Raises: UpdateFailed."""
        ...


class Surroundings(Protocol):
    """What an update meets besides files and units."""

    def box(self, running: Version | None, free: int) -> Box:
        """The board as it is."""
        ...

    def day(self) -> str:
        """The day and time by the box's own clock, ISO 8601."""
        ...

    def wait(self, seconds: float) -> None:
        """Let some time pass."""
        ...

    def await_pause(self) -> None:
        """Return when no song is on. Raises: UpdateFailed when none ends."""
        ...

    def examine(self, folder: Path) -> str:
        """Play with a version, dry: empty when a stroke was executed and the model answered, else what was wrong."""
        ...


class Updater:
    """One box's way from one version to another; `say` is told each step in words."""

    def __init__(
        self,
        store: VersionStore,
        signers: Path,
        units: Units,
        surroundings: Surroundings,
        clock: Clock,
        say: Callable[[str], None],
        pace: float = 1.0,
        kind: Kind = Kind.APPLICATION,
    ) -> None:
        self._store = store
        self._signers = signers
        self._units = units
        self._around = surroundings
        self._clock = clock
        self._say = say
        self._pace = pace
        self._kind = kind

    def install(self, file: Path, *, force: bool = False) -> None:
        """Install a release and switch to it; with `force` in the middle of a song, too.

        Raises: UpdateRefused (nothing was changed), UpdateFailed (it was taken back).
        """
        with self._locked(), self._copied(file) as stream:
            self._settle()
            try:
                release = ReleaseFile(stream, self._signers)
            except UpdateRefused as refused:
                self._note(file.name, Outcome.REFUSED, str(refused))
                raise
            number = release.manifest.number
            try:
                self._admit(release)
                self._examine(number)
            except GhostnoteError as refused:
                self._note(str(number), Outcome.REFUSED, str(refused))
                raise
            try:
                self._change_over(number, force=force)
            except UpdateFailed:
                self._remove(number)
                raise

    def tell_cut_off(self, name: str) -> None:
        """Note that a release was brought, and the box was off before it could be tried. Raises: UpdateRefused."""
        with self._locked():
            self._settle()
            self._note(name, Outcome.REFUSED, "the box was switched off before it was installed: bring it again")

    def roll_back(self, *, force: bool = False) -> None:
        """Switch to the version before, which is kept. Raises: UpdateRefused when there is none, UpdateFailed."""
        with self._locked():
            self._settle()
            running = self._store.running()
            others = [number for number in self._store.installed() if number != running]
            if not others:
                raise UpdateRefused("there is no other version on this box to go back to")
            self._change_over(others[-1], force=force)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import os

        try:
            handle = self._store.lock()
        except BlockingIOError:
            raise UpdateRefused("another update is under way: `ghostnote update status` shows it") from None
        try:
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _copied(self, file: Path) -> Iterator[IO[bytes]]:
        """The file where nobody can change it between its verification and its unpacking."""
        with tempfile.TemporaryFile(dir=self._store.root, prefix=".release-") as copy:
            try:
                with file.open("rb") as stream:
                    shutil.copyfileobj(stream, copy)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise UpdateRefused("no room for the release: delete old journals, or move them away") from None
                raise UpdateRefused(f"cannot read {file}: {error.strerror}") from None
            copy.seek(0)
            yield copy

    def _settle(self) -> None:
        """Nobody else holds the lock: what is still on trial was left by an updater that was killed."""
        trying = self._store.chronicle().trying
        if trying is not None:
            before = next((number for number in self._store.installed() if str(number) == trying.before), None)
            if before is not None:
                self._store.switch(before)
                self._units.restart()
            elif self._kind is not Kind.APPLICATION:
                self._store.leave()
                self._units.restart()
            self._store.write(self._store.chronicle().end(Outcome.TAKEN_BACK, "its update was cut off"))
        self._forget_untried()

    def _forget_untried(self) -> None:
        """What was unpacked and never proved itself, since its update was cut off, is not what one goes back to."""
        running = self._store.running()
        proved = {one.version for one in self._store.chronicle().updates if one.outcome is Outcome.CONFIRMED}
        for number in self._store.installed():
            if running is not None and number > running and str(number) not in proved:
                self._remove(number)

    def _admit(self, release: ReleaseFile) -> None:
        found: Manifest = release.manifest
        if found.kind is not self._kind:
            raise UpdateRefused(f"this is a release of {found.kind}, not of {self._kind}")
        admit(found, self._around.box(self._store.running(), self._store.free()))
        self._say(f"unpacking {found.version}: {len(found.entries)} files, {found.bytes >> 20} MB")
        try:
            self._store.add(found.number, release.unpack)
        except OSError as error:
            raise UpdateRefused(f"cannot unpack the release: {error.strerror}") from None

    def _examine(self, number: Version) -> None:
        self._say(f"trying {number} with dry motors, beside the running version")
        if wrong := self._around.examine(self._store.folder(number)):
            self._remove(number)
            raise UpdateRefused(f"{number} does not play: {wrong}")

    def _change_over(self, number: Version, *, force: bool) -> None:
        before = self._store.running()
        if not force:
            self._say("waiting for the end of the song")
            self._around.await_pause()
        self._store.before_trial()
        before = self._store.running()
        started = Update(self._kind, str(number), str(before or ""), self._around.day(), Outcome.TRYING)
        # Said before it is done: should the power go, the box takes back at its start what stands here as on trial.
        self._store.write(self._store.chronicle().add(started))
        verdict = self._try(number)
        if verdict.passed:
            self._end(number, Outcome.CONFIRMED)
            self._store.keep(number, before)
            self._say(f"{number} plays")
            return
        self._take_back(number, before, verdict.reason)

    def _end(self, number: Version, outcome: Outcome, reason: str = "") -> None:
        """Write how the trial ended. Raises: UpdateFailed where somebody else has ended it meanwhile."""
        chronicle = self._store.chronicle()
        if chronicle.trying is None:
            running = self._store.running()
            raise UpdateFailed(f"the trial of {number} was ended by something else; {running or 'no version'} plays")
        self._store.write(chronicle.end(outcome, reason))

    def _try(self, number: Version) -> Verdict:
        try:
            self._store.switch(number)
            self._units.restart()
            return self._watch(Trial(self._clock.now(), pace=self._pace), number)
        except (UpdateFailed, OSError) as error:
            return Verdict(passed=False, reason=str(error))

    def _watch(self, trial: Trial, number: Version) -> Verdict:
        self._say(f"{number} is on trial")
        while (verdict := trial.advance(self._clock.now())) is None:
            self._look(trial, number)
            self._around.wait(_LOOK)
        return verdict

    def _look(self, trial: Trial, number: Version) -> None:
        states = self._units.states()
        fallen = next((state for state in states if state.starts or state.active == "failed"), None)
        if fallen is not None:
            # Of one that runs again by now the result is a success.
            how = fallen.result if fallen.result != "success" else "and was started again"
            trial.fail(f"{fallen.name} ended ({how})")
        elif all(state.ready for state in states):
            now = self._clock.now()
            trial.show(Proof.UNITS_READY, now)
            if Proof.MODEL_ANSWERS not in trial.missing:
                return
            if wrong := self._around.examine(self._store.folder(number)):
                trial.fail(wrong)
            else:
                trial.show(Proof.STROKE_STRUCK, self._clock.now())
                trial.show(Proof.MODEL_ANSWERS, self._clock.now())

    def _take_back(self, number: Version, before: Version | None, reason: str) -> None:
        self._say(f"{number} is taken back: {reason}")
        if before is not None:
            self._store.switch(before)
            self._units.restart()
        elif self._kind is not Kind.APPLICATION:
            self._store.leave()
            self._units.restart()
        self._end(number, Outcome.TAKEN_BACK, reason)
        raise UpdateFailed(f"{number} was taken back, {before or 'what was shipped'} plays: {reason}")

    def _remove(self, number: Version) -> None:
        running = self._store.running()
        self._store.keep(*(other for other in self._store.installed() if other != number or other == running))

    def _note(self, name: str, outcome: Outcome, reason: str) -> None:
        told = self._store.chronicle()
        if told.trying is None:
            running = str(self._store.running() or "")
            self._store.write(told.add(Update(self._kind, name, running, self._around.day(), outcome, reason)))
