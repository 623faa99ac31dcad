"""MIDI messages in, hits out."""
