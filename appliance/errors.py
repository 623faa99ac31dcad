"""What can go wrong, named by who must act."""


class GhostnoteError(Exception):
    """One sentence for a person: what was wrong, where, and what to do."""


class SettingsError(GhostnoteError):
    """The owner must mend a setting or an argument."""


class CallError(GhostnoteError):
    """The musician must give another call: this file or phrase holds nothing that can be answered."""


class ModelError(GhostnoteError):
    """The owner must bring another model file: this one is missing, torn, or of a kind that cannot be played."""


class PadLost(GhostnoteError):
    """The crew must look at the pad: its port is not there."""


class MotorFault(GhostnoteError):
    """The crew must look at a motor or its wiring: a write that no bridge may get was refused."""


class StrikerLost(GhostnoteError):
    """The crew must look at the striker: it cannot be reached, or it went away."""


class PanicPressed(GhostnoteError):
    """Somebody wanted every stick to rest: what moves them of its own accord ends, and is begun again by hand."""


class UpdateRefused(GhostnoteError):
    """The crew must bring another release file: this one must not be installed here."""


class UpdateFailed(GhostnoteError):
    """The crew must look at the box: an update could not be carried out, and the version before plays on."""
