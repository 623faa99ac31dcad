"""No model is written that the oldest supported interpreter would not load."""

import pytest

from converter.operators import NEWEST_VERSIONS, Operator, OperatorError, refuse_newer


def test_what_tflite_runtime_2_14_knows_passes() -> None:
    refuse_newer(Operator(name, version) for name, version in NEWEST_VERSIONS.items())


@pytest.mark.parametrize("name", sorted(NEWEST_VERSIONS))
def test_one_version_more_is_refused_by_name(name: str) -> None:
    too_new = Operator(name, NEWEST_VERSIONS[name] + 1)
    with pytest.raises(OperatorError, match=f"{name} v{too_new.version}.*up to version {NEWEST_VERSIONS[name]}"):
        refuse_newer([Operator("ADD", 1), too_new])


def test_an_unknown_operator_is_refused_by_name() -> None:
    with pytest.raises(OperatorError, match="STABLEHLO_COMPOSITE v1"):
        refuse_newer([Operator("STABLEHLO_COMPOSITE", 1)])
