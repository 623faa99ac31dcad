"""Magenta itself plays a bundle of ours: the proof, run by hand where Magenta 2.1.4 is installed.

An environment that will do (Python 3.10 or 3.11; Magenta's own pins no longer install together):

    pip install --no-deps magenta==2.1.4
    pip install tensorflow-cpu==2.15.1 tensorflow-probability==0.23.0 tf_slim note-seq==0.0.5 "numpy<2" "setuptools<70"
    python tests/converter/magenta_loads.py models/drum_kit_rnn.mag [another.mag ...]

Each drums_rnn bundle answers a two-bar rock call, each melody_rnn bundle a two-bar tune, through Magenta's own
generator at temperature 1.0, with one seed.
Prints the answer's onsets, sixteenth by sixteenth; exit status 1 when a bundle gives none.
"""

import sys

import numpy as np
from magenta.models.drums_rnn import drums_rnn_model, drums_rnn_sequence_generator
from magenta.models.melody_rnn import melody_rnn_model, melody_rnn_sequence_generator
from magenta.models.shared import sequence_generator_bundle
from note_seq.protobuf import generator_pb2, music_pb2

SIXTEENTH = 0.125  # s at 120 quarters a minute
ROCK = {36: {0, 8}, 38: {4, 12}, 42: set(range(0, 16, 2))}  # sixteenths of the bar


def rock_call() -> music_pb2.NoteSequence:
    call = music_pb2.NoteSequence(total_time=32 * SIXTEENTH)
    call.tempos.add(qpm=120)
    for step in range(32):
        for pitch, steps in ROCK.items():
            if step % 16 in steps:
                start = step * SIXTEENTH
                call.notes.add(
                    pitch=pitch, velocity=100, start_time=start, end_time=start + SIXTEENTH, is_drum=True, instrument=9
                )
    return call


def tune_call() -> music_pb2.NoteSequence:
    call = music_pb2.NoteSequence(total_time=32 * SIXTEENTH)
    call.tempos.add(qpm=120)
    for place, pitch in enumerate((60, 62, 64, 65, 67, 65, 64, 62)):
        start = 4 * place * SIXTEENTH
        call.notes.add(pitch=pitch, velocity=100, start_time=start, end_time=start + 4 * SIXTEENTH)
    return call


def answer(path: str) -> list[tuple[int, int]]:
    """(sixteenth, pitch) of each onset of two answered bars, counted from the call's start."""
    bundle = sequence_generator_bundle.read_bundle_file(path)
    name = bundle.generator_details.id
    if drums := name in drums_rnn_model.default_configs:
        config = drums_rnn_model.default_configs[name]
        model, kind = drums_rnn_model.DrumsRnnModel, drums_rnn_sequence_generator.DrumsRnnSequenceGenerator
    else:
        config = melody_rnn_model.default_configs[name]
        model, kind = melody_rnn_model.MelodyRnnModel, melody_rnn_sequence_generator.MelodyRnnSequenceGenerator
    generator = kind(
        model=model(config), details=config.details, steps_per_quarter=config.steps_per_quarter, bundle=bundle
    )
    options = generator_pb2.GeneratorOptions()
    # A hair less than the call, because Magenta refuses an answer that begins where its input ends.
    options.input_sections.add(start_time=0, end_time=32 * SIXTEENTH - 0.001)
    options.generate_sections.add(start_time=32 * SIXTEENTH, end_time=64 * SIXTEENTH)
    options.args["temperature"].float_value = 1.0
    np.random.seed(1)
    notes = generator.generate(rock_call() if drums else tune_call(), options).notes
    return [(step, note.pitch) for note in notes if (step := round(note.start_time / SIXTEENTH)) >= 32]


def main() -> int:
    silent = 0
    for path in sys.argv[1:]:
        onsets = answer(path)
        silent += not onsets
        print(f"{path}: {len(onsets)} onsets {onsets}")
    return 1 if silent or len(sys.argv) == 1 else 0


if __name__ == "__main__":
    sys.exit(main())
