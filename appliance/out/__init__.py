"""What leaves the box besides strokes: MIDI notes, clock and metronome, and OSC, each at its instant."""
