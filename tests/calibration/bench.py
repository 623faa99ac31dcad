"""A simulated kit of eight different motors, an ear with its faults, and what is true of both."""

from appliance.drivers.simulated_bench import SimulatedBench
from appliance.drivers.simulated_drum import sticks_of
from appliance.drivers.simulated_ear import EarFaults, SimulatedEar
from appliance.settings import load_settings
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.stick import STEADY, Contact, Mechanics, Stick, Unsteadiness, different

SETTINGS = load_settings().room("strike", StrikeSettings)
EAR = EarFaults(jitter=0.003, outliers=0.05)


def simulated(seed: int, faults: EarFaults = EAR, unsteadiness: Unsteadiness | None = None) -> SimulatedBench:
    return SimulatedBench(SETTINGS, sticks_of(SETTINGS, seed, unsteadiness), SimulatedEar(faults, seed))


def mechanics_of(motor: Motor, seed: int) -> Mechanics:
    return different(seed, len(SETTINGS.motors))[SETTINGS.motors.index(motor)]


def truth(mechanics: Mechanics, forward: float, duty: float) -> Contact | None:
    """What the first contact of this push is without friction's moods, from rest."""
    stick = Stick(mechanics, STEADY, seed=0)
    stick.drive(Inputs(1, 0, duty))
    met = list(stick.advance(forward))
    stick.drive(COAST)
    met += stick.advance(forward + 0.15)
    return met[0] if met else None
