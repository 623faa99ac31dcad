"""What goes to other instruments, each at its instant: notes, a clock, a metronome's clicks, OSC."""
