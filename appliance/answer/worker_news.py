"""What becomes of the worker that holds the models, as the journal and the lamp are told."""

import msgspec


class AnswererLost(msgspec.Struct, frozen=True, tag=True):
    """The worker died or hung; another is started. `reason` says which, in a sentence."""

    time: float
    reason: str


class AnswererBack(msgspec.Struct, frozen=True, tag=True):
    """A worker is there and has all it needs; at the start as well as behind a fault."""

    time: float
    pid: int


class ModelRefused(msgspec.Struct, frozen=True, tag=True):
    """A model that was chosen or offered cannot be used; the one before it stays.

    `needed`: there is none before it, a duet was to answer with this one.
    """

    time: float
    model: str
    reason: str
    needed: bool = True


class AnswerGivenUp(msgspec.Struct, frozen=True, tag=True):
    """An answer on which workers died one after the other is not tried again; the last groove goes on to its end."""

    time: float
    duet: int


WorkerNews = AnswererLost | AnswererBack | ModelRefused | AnswerGivenUp
