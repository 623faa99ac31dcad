// The dead-man: a host that said it would keep talking, and falls silent, is taken for dead.
//
// Active Sensing, MIDI 1.0 Detailed Specification: after the first FE something comes every 300 ms at the latest, or
// all sound ends. Who never sends FE is never taken for dead; its strokes end by themselves.
#pragma once

#include "ticks.h"

namespace dead_man {

void heard(Ticks now);    // any byte
void sensing();           // the byte FE

// True once, when the host has been silent for too long.
bool advance(Ticks now);

bool silent();            // from then on, until something is heard

}  // namespace dead_man
