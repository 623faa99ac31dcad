// The strength of a drive, and the second guard of its length: looked at every 100 us as long as a motor is driven.
//
// On plain pins a line is high for a share of the ticks: first-order sigma-delta. The shares add up exactly, the first
// tick is always high, so an edge waits for no period, and no line changes more often than 10 000 times a second: an
// L293D or L298N can follow.
#pragma once

#include <stdint.h>

namespace strength {

// A drive begins from rest; whatever happens to the schedule of edges, it is cut 0.1 ms after `max_on` (ticks).
void allow(uint8_t motor, uint16_t max_on);

// Its strength from now on, 1 to 255.
void begin(uint8_t motor, uint8_t duty);

void end(uint8_t motor);
void end_all();

// One tick of all motors; false when none is driven.
bool tick();

// How often the second guard had to act since the start; it never should.
uint8_t cuts();

}  // namespace strength
