"""What the campaign finds on the paper, and what it puts down to a machine that stood still."""

from appliance.drivers.paper_bridge import PaperLine
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs
from bench.paper_findings import AFTERMATH, Findings, overlap, read_paper

SETTINGS = load_settings().room("strike", StrikeSettings)
LIMIT = SETTINGS.max_on + AFTERMATH
PUSH, PULL = Inputs(1, 0, 1.0), Inputs(0, 1, 0.5)


def found(*lines: tuple[float, Inputs]) -> Findings:
    findings = Findings()
    read_paper([PaperLine(at, "snare", inputs) for at, inputs in lines], SETTINGS, findings)
    return findings


def test_a_line_high_beyond_the_limit_is_a_breach_with_its_excess() -> None:
    findings = found((1.0, PUSH), (1.0 + LIMIT + 0.02, COAST))
    assert [round(breach.excess, 6) for breach in findings.breaches] == [0.02]
    assert [breach.since for breach in findings.breaches] == [1.0]
    assert round(findings.longest_high, 6) == round(LIMIT + 0.02, 6)


def test_a_standstill_as_long_as_the_excess_explains_it_and_a_shorter_one_does_not() -> None:
    (breach,) = found((1.0, PUSH), (1.0 + LIMIT + 0.02, COAST)).breaches
    breach.still = 0.019
    assert not breach.explained
    breach.still = 0.021
    assert breach.explained


def test_no_standstill_explains_a_breach_of_another_rule() -> None:
    (breach,) = found((1.0, PUSH), (1.02, COAST), (1.0201, PULL), (1.03, COAST)).breaches
    breach.still = 10.0
    assert not breach.explained


def test_lines_of_two_processes_are_put_in_order() -> None:
    assert found((1.0, PUSH), (1.02, COAST), (1.0199, COAST)).breaches == []


def test_what_several_processors_stood_still_at_once_counts_once() -> None:
    still = [(1.0, 1.2), (1.1, 1.3), (2.0, 2.1)]
    assert round(overlap(still, 1.05, 2.05), 6) == 0.3
    assert overlap(still, 3.0, 4.0) == 0.0
    assert overlap([], 0.0, 1.0) == 0.0
