"""A hundred faults in the middle of a song: real processes, really killed. `bench.fault_campaign` does a thousand."""

from pathlib import Path

from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from bench.campaign_player import BAR
from bench.fault_campaign import TO_THE_PLAYER, TO_THE_STRIKER, conduct
from bench.paper_findings import AFTERMATH

# How much later than promised a machine without real-time rights, busy with other tests, may lower a line (s).
BUSY = 0.25


def test_a_hundred_faults_burn_nothing_and_the_player_s_cost_no_stroke(tmp_path: Path) -> None:
    findings = conduct(tmp_path, faults=100, seed=7)
    limit = load_settings().room("strike", StrikeSettings).max_on + AFTERMATH
    if findings.priority:
        assert [str(breach) for breach in findings.breaches if not breach.explained] == []
        assert findings.deaths == []
        assert findings.longest_high <= limit or findings.breaches
    else:
        assert findings.longest_high <= limit + BUSY
    assert findings.missing == []
    assert findings.expected > 100
    assert findings.own > 0  # the striker did play alone
    assert findings.resumed
    assert max(findings.back) <= BAR + BUSY
    assert set(findings.faults) == {*TO_THE_PLAYER, *TO_THE_STRIKER}
