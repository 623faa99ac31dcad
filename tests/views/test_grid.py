from appliance.notation.drum_track import Note, drum_track
from appliance.notation.timeline import Grid, Meter
from appliance.views.grid import drum_grid, touch

TRACK = drum_track([Note(0, 36, 120), Note(4, 38, 90), Note(6, 35, 30), Note(2, 20, 80)], 16)


def test_a_grid_reads_like_a_drum_stave():
    assert drum_grid(TRACK, Grid()) == "\n".join(
        [
            " snare |···· x··· ···· ····|",
            "  kick |X··· ··o· ···· ····|",
            "key 20 |··x· ···· ···· ····|",
        ]
    )


def test_bars_are_parted_as_the_meter_has_them():
    grid = Grid(meter=Meter(6, 8))
    assert drum_grid(drum_track([Note(12, 36, 120)], 24), grid) == "kick |·· ·· ·· ·· ·· ··|X· ·· ·· ·· ·· ··|"


def test_a_long_track_is_broken_into_systems():
    systems = drum_grid(drum_track([Note(0, 36, 120)], 16 * 8), Grid()).split("\n\n")
    assert [system.count("|") - 1 for system in systems] == [4, 4]


def test_of_two_keys_of_one_drum_the_harder_is_shown():
    assert drum_grid(drum_track([Note(0, 36, 30), Note(0, 35, 120)], 4), Grid(meter=Meter(1, 4))) == "kick |X···|"


def test_nothing_played_is_nothing_shown():
    assert drum_grid(drum_track([], 16), Grid()) == ""


def test_touches():
    assert [touch(velocity) for velocity in (1, 49, 50, 104, 105, 127)] == list("ooxxXX")
