// The board's clock (Timer 1), the alarm for the next edge, and the tick of the strength.
#pragma once

#include "ticks.h"

namespace clock {

void begin();

// Now. From any context.
Ticks now();

// Now, with interrupts already off: in an interrupt or in an Atomic.
Ticks now_locked();

// Call motors::run() at `instant`; earlier by up to 262 ms is no harm. Returns false when the instant is too near.
bool wake_at(Ticks instant);
void no_alarm();

// Call strength::tick() every 100 us until it returns false.
void begin_ticking();

// Counts every 4 ms, in an interrupt: that it grows shows that interrupts are served.
uint8_t beats();

}  // namespace clock
