// The lamp on the board: the codes of the box's own lamp, from the same table (appliance/status/codes.py).
#pragma once

#include "lamp_codes.h"
#include "ticks.h"

namespace lamp {

void begin();

// Show a code; motor counts from 1 in the codes of a motor, and is 0 in all others.
void show(const Code& code, uint8_t motor, Ticks now);

// Change what is due.
void advance(Ticks now);

}  // namespace lamp
