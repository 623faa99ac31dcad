"""What a box says of itself on a busy evening, as the panel's contract has it: two duets, faults, concerts, models."""

import math
import random
import time
from typing import Any

DRUMS = {
    "kick": 36,
    "snare": 38,
    "closed_hi_hat": 42,
    "open_hi_hat": 46,
    "low_tom": 45,
    "mid_tom": 48,
    "high_tom": 50,
    "crash": 49,
    "ride": 51,
}
NAMES = {key: drum for drum, key in DRUMS.items()}
MOTORS = ("kick", "snare", "hi_hat", "low_tom", "mid_tom", "high_tom", "crash", "ride")
STEP = 0.125  # s: sixteenths at 120


def notice(
    code: str, label: str, colour: str, urgency: str, flashes: list[list[float]], motor: int = 0
) -> dict[str, Any]:
    return {
        "code": code,
        "motor": motor,
        "label": label,
        "colour": colour,
        "urgency": urgency,
        "means": f"{code}.",
        "do": "See the code card.",
        "says": label,
        "flashes": flashes,
        "holds": True,
        "seen": False,
    }


READY = notice("ready", "", "green", "state", [[2.6, 0.4]])
HOT = notice("motor hot", "4-3", "amber", "look", [[0.8, 0.3]] * 4 + [[0.2, 0.3], [0.2, 0.3], [0.2, 1.2]], motor=3)
LOST = notice("pad lost", "1-3", "red", "bad", [[0.8, 0.9], [0.2, 0.35], [0.2, 0.35], [0.2, 1.2]])

VALUES: dict[str, Any] = {
    "temperature": 1.0,
    "top_k": 0,
    "density": 0.0,
    "call_bars": 0,
    "silence_beats": 4,
    "min_bars": 0,
    "max_bars": 32,
    "answer_bars": 0,
    "start": "bar",
    "mode": "answer",
    "model": "drum_kit_rnn",
    "loop": False,
    "overlap": False,
    "thru": False,
    "mute": False,
    "memory": False,
    "way": "continue",
    "humanise": False,
    "similarity": 0.5,
    "blend_x": 0.5,
    "blend_y": 0.5,
}

_SPANS = {
    "temperature": (0, 10, 0.1, 2, False),
    "tempo": (20, 400, 60, 187, False),
    "density": (-1, 1, -1, 1, False),
    "top_k": (0, 65536, 0, 64, True),
    "call_bars": (0, 64, 0, 8, True),
    "silence_beats": (1, 64, 1, 16, True),
    "min_bars": (0, 64, 0, 8, True),
    "max_bars": (1, 64, 1, 32, True),
    "answer_bars": (0, 64, 0, 8, True),
    "similarity": (0, 1, 0, 1, False),
    "blend_x": (0, 1, 0, 1, False),
    "blend_y": (0, 1, 0, 1, False),
}
SPANS = _SPANS
CONTROLS: dict[str, Any] = {
    **{
        name: {"kind": "number", "low": low, "high": high, "left": left, "right": right, "whole": whole}
        for name, (low, high, left, right, whole) in _SPANS.items()
    },
    "mode": {"kind": "choice", "choices": ["answer", "trade", "accompany", "echo"]},
    "start": {"kind": "choice", "choices": ["step", "beat", "bar"]},
    "model": {"kind": "named"},
    "scene": {"kind": "named"},
    **{name: {"kind": "switch"} for name in ("loop", "overlap", "thru", "mute", "memory", "metronome", "humanise")},
    **{name: {"kind": "push"} for name in ("end_call", "mutate", "undo", "keep", "tap", "count_in", "panic")},
}


def likelihoods(seed: int, count: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    now = time.monotonic()
    return [
        {
            "answer": n,
            "time": now - 8 * (count - n),
            "steps": 32,
            "fault": "",
            "log_likelihood": 32 * (-1.1 + 0.35 * math.sin(n / 3.1) + 0.12 * dice.gauss(0, 1)),
        }
        for n in range(count)
    ]


def duet(inputs: list[str], seed: int, answers: int) -> dict[str, Any]:
    return {
        "turn": "idle",
        "since": time.monotonic(),
        "inputs": inputs,
        "outputs": ["motors"],
        "values": dict(VALUES),
        "models": ["drum_kit_rnn", "one_drum_rnn"],
        "call": None,
        "answer": None,
        "likelihoods": likelihoods(seed, answers),
    }


def state() -> dict[str, Any]:
    return {
        "player": {"here": True, "pid": 4711, "seed": 7, "model": "drum_kit_rnn", "title": "pad"},
        "striker": {"here": True, "priority": 50, "memory_locked": True, "alone": False},
        "box": {"version": "0.1.0", "name": "ghostnote", "temperature": 58.4, "hot": 80.0, "demo": False},
        "lamp": {"state": "ready", "shown": [READY, HOT]},
        "faults": [HOT],
        "troubles": [{"time": 12.0, "text": "the model gave nothing in time", "do": "The last bar went on."}],
        "tempo": {
            "qpm": 120.0,
            "meter": "4/4",
            "beats": 4,
            "origin": time.monotonic(),
            "running": True,
            "source": "settings",
            "led": False,
            "metronome": False,
            "bar": {"time": time.monotonic(), "bar": 11, "beat": 0},
        },
        "controls": CONTROLS,
        "duets": {"left": duet(["pad", "panel"], 3, 24), "right": duet(["left"], 5, 9)},
        "sources": ["pad", "panel"],
        "outputs": ["motors", "synth"],
        "scenes": ["opening", "ballad", "storm"],
        "scene": "opening",
        "pads": {"pad": {"port": "SPD-SX MIDI 1", "text": ""}, "panel": {"port": "panel", "text": ""}},
        "bindings": [
            {"control": "scene", "by": "program", "channel": 0, "port": "", "duet": ""},
            {"control": "end_call", "by": "footswitch", "channel": 0, "port": "", "duet": ""},
            {"control": "temperature", "by": "cc 74", "channel": 1, "port": "knobs", "duet": "left"},
        ],
        "learning": None,
        "lesson": None,
        "drums": [{"drum": drum, "key": key, "motors": [motor_of(drum)]} for drum, key in DRUMS.items()],
        "motors": {
            name: {
                "number": n,
                "strokes": 310 - 31 * n,
                "left_out": {"hot": 4} if n == 3 else {},
                "heat": 0.93 if n == 3 else 0.5 / n,
            }
            for n, name in enumerate(MOTORS, 1)
        },
        "lateness": {"strokes": 1620, "median": 0.00009, "p99": 0.00041, "worst": 0.00073, "left_out": {"hot": 4}},
    }


def motor_of(drum: str) -> str:
    return "hi_hat" if drum.endswith("hi_hat") else drum


def phrase(kind: str, number: int, seed: int = 0) -> dict[str, Any]:
    dice = random.Random(f"{kind} {number} {seed}")
    notes = [[step, DRUMS["closed_hi_hat"], dice.randint(60, 110)] for step in range(0, 32, 2)]
    notes += [[step, DRUMS["snare"], 110] for step in (4, 12, 20, 28)] + [
        [step, DRUMS["kick"], 104] for step in (0, 16)
    ]
    notes += [[dice.randrange(32), dice.choice(list(DRUMS.values())), dice.randint(40, 120)] for _ in range(9)]
    return {
        "number": number,
        "duet": "left",
        "kind": kind,
        "qpm": 120.0,
        "meter": "4/4",
        "steps": 32,
        "step_seconds": STEP,
        "steps_per_bar": 16,
        "log_likelihood": -31.4 - number if kind == "answer" else None,
        "notes": sorted(notes),
        "hits": sorted([step * STEP, key, velocity] for step, key, velocity in notes) if kind == "call" else [],
    }


def model(stem: str, **others: Any) -> dict[str, Any]:
    return {
        "id": stem,
        "name": stem,
        "description": "Answers drums with drums.",
        "family": "drums_rnn",
        "config": "drum_kit",
        "steps_per_quarter": 4,
        "layer_sizes": [256, 256],
        "quantization": "int8",
        "licence": "CC BY 4.0",
        "credit": "Groove MIDI Dataset",
        "bytes": 1_240_000,
        "sha256": "0" * 64,
        "likelihood": {"data": "Groove, test", "nats_per_step": -1.04},
        "shipped": True,
        "loaded": True,
        "used_by": [],
        "control": stem,
        "fault": "",
        **others,
    }


def models() -> list[dict[str, Any]]:
    return [
        model("drum_kit_rnn", used_by=["left", "right"]),
        model("one_drum_rnn", config="one_drum", layer_sizes=[128, 128], bytes=410_000),
        model(
            "tartu_evening",
            name="<script>globalThis.stolen = 1</script>",
            shipped=False,
            loaded=False,
            credit="the band's own evenings",
        ),
    ]


def kit() -> dict[str, Any]:
    motors = []
    for number, name in enumerate(MOTORS, 1):
        soft, hard = (0.034 + 0.001 * number, 0.024 + 0.0005 * number)
        points = [
            [v, round(0.45 + 0.55 * (v - 1) / 126, 3), round(soft + (hard - soft) * ((v - 1) / 126) ** 0.7, 5), 0.02]
            for v in (1, 16, 32, 48, 64, 80, 96, 112, 127)
        ]
        motors.append(
            {
                "name": name,
                "number": number,
                "drums": [drum for drum in DRUMS if motor_of(drum) == name],
                "curve": 1.0,
                "touch": [],
                "calibrated": number < 6,
                "points": points,
                "budget": {"on": 1.2, "window": 4.0},
                "wired": number < 4,
                "wiring": "in_in_enable: 23, 24, 12" if number < 4 else "",
            }
        )
    drums = [{"drum": drum, "key": key, "keys": [key], "motors": [motor_of(drum)]} for drum, key in DRUMS.items()]
    return {"drums": drums, "motors": motors}


READS: dict[str, Any] = {
    "models": lambda: {"models": models()},
    "stories": lambda: {"stories": ["funk", "rock", "seven_eight"]},
    "stories/rock": lambda: phrase("call", 1),
    "concerts": lambda: {
        "folder": True,
        "concerts": [
            {
                "evening": n,
                "wall": f"2026-11-{20 + n}T19:00:00+0200",
                "seconds": 2400.0 + 311 * n,
                "calls": 41 + n,
                "answers": 40 + n,
                "bytes": 512_000,
                "running": n == 4,
                "models": ["drum_kit_rnn"],
            }
            for n in (4, 3, 2)
        ],
    },
    "concerts/4": lambda: {
        "evening": 4,
        "phrases": [phrase(kind, n) for n in (1, 2, 3) for kind in ("call", "answer")],
    },
    "favourites": lambda: {
        "favourites": [{"number": 7, "bytes": 412, "wall": "2026-11-23T19:20:00+0200", "name": "left 31"}]
    },
    "drums": kit,
    "settings": lambda: {
        "file": "ghostnote.toml",
        "writable": True,
        "restart": False,
        "tables": {
            "tempo": {"qpm": 120.0, "meter": "4/4", "source": "settings"},
            "call": {"silence_beats": 4},
            "pad": {"threshold": 1, "debounce": 0.008},
        },
    },
    "ports": lambda: {
        "inputs": [{"port": "SPD-SX MIDI 1", "name": "pad"}, {"port": "nanoKONTROL2 MIDI 1", "name": None}]
    },
    "status": lambda: {
        "version": "0.1.0",
        "installed": ["0.1.0", "0.0.9"],
        "units": [
            {"name": "ghostnote-striker", "active": "active", "sub": "running", "ready": True, "starts": 1},
            {"name": "ghostnote-player", "active": "active", "sub": "running", "ready": True, "starts": 2},
        ],
        "findings": [
            {"name": "kernel", "verdict": "ok", "found": "PREEMPT_RT 6.12", "do": ""},
            {"name": "supply", "verdict": "look", "found": "it was too low 3 times", "do": "Use a better supply."},
        ],
    },
    "network": lambda: {
        "hostname": "ghostnote",
        "addresses": [{"interface": "wlan0", "address": "192.168.4.1"}],
        "listens": "192.168.4.1:8010",
        "tls": True,
        "loopback": False,
    },
}


def versions() -> dict[str, Any]:
    """What runs, and what became of its updates."""
    update = {
        "kind": "application",
        "version": "0.3.0",
        "before": "0.2.0",
        "at": "2026-11-20T18:00:00+02:00",
        "outcome": "taken back",
        "reason": "ghostnote-player.service ended (exit-code)",
    }
    good = {**update, "version": "0.2.0", "before": "0.1.0", "at": "2026-11-01T18:00:00+02:00", "outcome": "confirmed"}
    none: dict[str, Any] = {"running": "", "others": [], "updates": []}
    program = {"running": "0.2.0", "others": ["0.1.0"], "updates": [update, {**good, "reason": ""}]}
    return {"application": program, "models": none, "settings": none}
