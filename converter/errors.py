"""What can go wrong in the converter, named by who must act."""


class ConverterError(Exception):
    """One sentence for a person: what was wrong, where, and what to do."""

    exit_status = 2


class SourceError(ConverterError):
    """The owner must bring another model: this one is missing, torn, or of a kind that does not convert."""


class DataError(ConverterError):
    """The owner must bring other MIDI: this folder or file cannot be read, or holds nothing to learn from."""


class SettingError(ConverterError):
    """The owner must mend an argument."""


class ParityError(ConverterError):
    """The model would not say what its source says; nothing was written. The exit status is 1: the source is sound."""

    exit_status = 1
