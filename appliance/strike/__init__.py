"""Strokes in, timed inputs of H-bridges out: when each motor must move, and never so that it burns."""
