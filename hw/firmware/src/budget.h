// What heats a motor: the square of its duty, times time, over some seconds (appliance/strike/budget.py).
//
// The window is cut into 24 parts. A motion's cost counts until the part in which it ends has left the window wholly: in
// any window a motor is driven for `on` at most, and of a plan with 95 % of that nothing is refused.
#pragma once

#include "motion.h"

namespace budget {

// `on` and `window` in ms; with a window of 0 nothing is refused.
void begin(uint8_t motor, uint16_t on, uint16_t window);

// Charge a whole motion that is to begin soon; false, and no charge, when that is too much.
bool charge(const Motion& motion);

// To be called every second or so: a clock that goes round must not make the past look near.
void roll(Ticks now);

// The used part, 0 to 127.
uint8_t share(uint8_t motor);

}  // namespace budget
