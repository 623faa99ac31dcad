"""What the parity check found, as a table for a person, and the verdict."""

from rich.table import Table

from converter.errors import ParityError
from converter.parity import TOLERANCES, Difference
from converter.tflite import Quantization


def table(difference: Difference, quantization: Quantization) -> Table:
    """One row for each thing compared."""
    rows = Table()
    rows.add_column("compared")
    rows.add_column("largest difference", justify="right")
    rows.add_column("allowed", justify="right")
    rows.add_row("softmax, one step", f"{difference.softmax:.1e}", f"{TOLERANCES[quantization].softmax:.0e}")
    divergence, allowed = f"{difference.divergence:.1e}", f"{TOLERANCES[quantization].divergence:.0e}"
    rows.add_row("mean divergence, nats", divergence, allowed)
    rows.add_row("softmax, carrying its own state", f"{difference.drift:.1e}", "")
    rows.add_row("logits", f"{difference.logits:.1e}", "")
    for name, value in difference.states.items():
        rows.add_row(f"state {name}", f"{value:.1e}", "")
    rows.add_row("same first choice", f"{difference.top1_agreement:.2%}", "")
    return rows


def refuse_stranger(difference: Difference, quantization: Quantization) -> None:
    """Keep a model that answers otherwise than its source from being written.

    Raises:
        ParityError: the two differ by more than this quantization may.

    """
    allowed = TOLERANCES[quantization]
    # Written so that a difference that is no number is refused too.
    if not (difference.softmax <= allowed.softmax and difference.divergence <= allowed.divergence):
        advice = (
            "Convert it without --quantize."
            if quantization != "none"
            else "The network has something that the converter does not know: report it."
        )
        raise ParityError(
            f"The model does not answer as its source does, and nothing is written: over {difference.steps} steps the "
            f"softmax of a step differs by up to {difference.softmax:.1e} ({allowed.softmax:.0e} may be), the mean "
            f"divergence is {difference.divergence:.1e} nats ({allowed.divergence:.0e} may be), the first choice "
            f"agrees in {difference.top1_agreement:.1%}. {advice}"
        )
