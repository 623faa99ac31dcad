"""An answerer whose worker hangs for a while: its steps are asked for, and do not come."""


class Stalled:
    """Hands everything on to another, but gives nothing from when it stalls until it goes on."""

    def __init__(self, answering):
        self._answering = answering
        self.stalled = False

    def __getattr__(self, name):
        return getattr(self._answering, name)

    def ready(self):
        return not self.stalled and self._answering.ready()

    def take(self):
        return [] if self.stalled else self._answering.take()
