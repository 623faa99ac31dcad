"""The operators a flatbuffer uses, and which of them the oldest supported interpreter knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from converter.errors import ConverterError

# The newest version of each operator that tflite-runtime 2.14.0 registers, of those that the converter has a use for.
# Found by asking the wheel: each operator's version in a model was raised until "Didn't find op for builtin opcode".
# The same figures stand in tensorflow/lite/core/kernels/register.cc at commit 0314b97f5952b2e5188ffd0f540bd53012d7aa97.
NEWEST_VERSIONS = MappingProxyType(
    {
        "ABS": 5,
        "ADD": 5,
        "ARG_MAX": 3,
        "CONCATENATION": 4,
        "DEQUANTIZE": 5,
        "EXP": 2,
        "FULLY_CONNECTED": 10,
        "GATHER": 6,
        "LOG": 1,
        "LOGISTIC": 3,
        "MUL": 7,
        "NEG": 1,
        "RESHAPE": 1,
        "SOFTMAX": 3,
        "SPLIT": 4,
        "SPLIT_V": 2,
        "STRIDED_SLICE": 8,
        "SUM": 2,
        "TANH": 3,
    }
)


class OperatorError(ConverterError):
    """The converter must be mended: its model needs an operator that an interpreter we support lacks."""

    exit_status = 1


@dataclass(frozen=True, order=True)
class Operator:
    """A built-in operator and the version of it that a model asks for."""

    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def operators_of(flatbuffer: bytes) -> tuple[Operator, ...]:
    """The operators of a TFLite flatbuffer, by name."""
    schema = _schema()
    model = schema.ModelT.InitFromPackedBuf(flatbuffer, 0)
    # Codes above 127 do not fit the older of the two fields; the larger of them counts (tensorflow/lite/schema.fbs).
    codes = [(max(code.builtinCode, code.deprecatedBuiltinCode), code.version) for code in model.operatorCodes]
    return tuple(sorted(Operator(_names()[code], version) for code, version in codes))


def refuse_newer(operators: Iterable[Operator]) -> None:
    """Keep out a model that would not load on every board.

    Raises:
        OperatorError: one of the operators is unknown to tflite-runtime 2.14, or newer than it knows.

    """
    for operator in operators:
        newest = NEWEST_VERSIONS.get(operator.name, 0)
        if operator.version > newest:
            known = f"knows it up to version {newest}" if newest else "is not known to have it"
            raise OperatorError(f"The model asks for {operator}, but tflite-runtime 2.14 {known}; it is not written.")


@cache
def _schema() -> Any:
    from ai_edge_litert import schema_py_generated

    return schema_py_generated


@cache
def _names() -> dict[int, str]:
    return {code: name for name, code in vars(_schema().BuiltinOperator).items() if isinstance(code, int)}
