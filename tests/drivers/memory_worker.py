"""A worker in memory: the true workbench, and answerers whose steps can be foretold; it can die and hang."""

from collections import deque

from appliance.answer.answering import Made
from appliance.answer.wire import VERSION, Ready
from appliance.answer.workbench import Workbench
from appliance.errors import ModelError
from appliance.notation.drum_track import Note
from tests.parrot import card


class Named:
    """What the tests need of a model: its name."""

    def __init__(self, name):
        self.card = card()
        self.name = name


class Shelf:
    """Any model but those called bad."""

    def __init__(self):
        self.models = {}
        self.loads = []

    def holds(self, name):
        return name in self.models

    def model(self, name):
        if name.startswith("bad"):
            raise ModelError(f"{name} is torn")
        if name not in self.models:
            self.loads.append(name)
            self.models[name] = Named(name)
        return self.models[name]

    def drop(self, name):
        self.models.pop(name, None)


class Foretold:
    """An Answering whose steps say what they depend on: seed, answer, step, take, and all that was heard."""

    def __init__(self, seat):
        self.seed = seat.seed
        self.model = self.chosen = seat.model
        self.fault = ""
        self.heard = []
        self.reset()

    def listen(self, heard):
        self.heard.append((heard.step, len(heard.notes)))

    def begin(self, question):
        self.question = question
        self.step = self.until = 0
        self.takes = [(0, 0)]

    def ask(self, until):
        self.until = max(self.until, until)

    def rewind(self, step, take, sampling):
        self.takes = [(first, number) for first, number in self.takes if first < step] + [(step, take)]
        self.step = min(self.step, step)

    def choose_model(self, name):
        self.chosen = name

    def reset(self, *, remember=False):
        if not remember:
            self.heard.clear()
        self.model = self.chosen
        self.question = None
        self.step = self.until = 0

    def ready(self):
        return self.question is not None and self.step < min(self.until, self.question.length)

    def take(self):
        if not self.ready():
            return []
        take = next(number for first, number in reversed(self.takes) if first <= self.step)
        chance = hash((self.seed, self.question.answer, self.step, take, self.model, tuple(self.heard)))
        made = Made(self.question.answer, self.step, take, (Note(self.step, 36, 1 + chance % 127),), 0.0, self.fault)
        self.step += 1
        return [made]


class MemoryProcess:
    """A Process of the supervisor. A report is worked out when it is read, a piece of work at a time."""

    def __init__(self, pid, engage=Foretold, version=VERSION):
        self.pid = pid
        self.shelf = Shelf()
        self._workbench = Workbench(self.shelf, engage)
        self._reports = deque([Ready(version, pid)])
        self.hangs = self.deaf = False
        self.ended = ""
        self.orders = []

    def filenos(self):
        return [self.pid]

    def put(self, order):
        if self.ended or self.deaf:
            return False
        self.orders.append(order)
        self._workbench.receive(order)
        return True

    def get(self):
        if self.hangs or self.ended:
            return None
        while not self._reports and self._workbench.busy():
            self._reports.extend(self._workbench.work())
        return self._reports.popleft() if self._reports else None

    def end(self):
        return self.ended

    def kill(self):
        self.ended = self.ended or "it was killed by SIGKILL"

    def wait(self):
        assert self.ended
