// The board's clock (Timer 1), the alarm for the next edge, and the tick of the strength.
#pragma once

#include "ticks.h"

namespace clock {

void begin();

// Now. From any context.
Ticks now();

// Now, with interrupts already off: in an interrupt or in an Atomic.
Ticks now_locked();

// Call motors::run() at `instant`, or at once when that is past; for one farther than 262 ms, sooner. Interrupts are off.
void wake_at(Ticks instant);
void no_alarm();

// Call strength::tick() every 100 us until it returns false.
void begin_ticking();

// Counts every 4 ms, in an interrupt: that it grows shows that interrupts are served.
uint8_t beats();

}  // namespace clock
