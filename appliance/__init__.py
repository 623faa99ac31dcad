"""A drummer in a box.

A musician plays a pattern on a drum pad; a trained model answers, step by step, while the call is still being played;
motors beat the answer on a real drum. The way of a hit is pad, call, answer, strike: each a folder of this package,
each a machine that is told the time and never asks. `drivers` is the only folder that knows ports, pins, sockets and
threads.
"""

__version__ = "0.1.0"
