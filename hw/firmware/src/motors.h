// The motors: each plays one motion at a time, edge by edge, and none is driven as a bridge or a winding may not be.
#pragma once

#include "motion.h"

namespace motors {

struct Limits {
    uint16_t dead_time;  // ticks that a motor coasts before it turns round
    uint16_t max_on;     // ticks that it is driven at most without a rest
};

void begin(const Limits& limits);

// Whether a motor is at rest and has nothing before it.
bool idle(uint8_t motor);

// Hand a motion to its motor, which is idle; it begins at its start, or at once when that is past.
void load(const Motion& motion);

// The edges that are due, and the alarm for the next: the clock's alarm calls it.
void run();

// Every motor coasts now and forgets its motion.
void stop_all();

// A motion that began since the last time of asking: its id and how late it was, in ticks. False when there is none.
bool take_begun(uint8_t& id, int16_t& lateness);

// The id of a motion that a motor has and has not begun; it will not be told as begun. False when there is none.
bool take_pending(uint8_t motor, uint8_t& id);

// Whether there was an edge since the last time of asking. With interrupts off.
bool take_stirred();

// Whether a motor is driven or has a motion before it.
bool any_busy();

}  // namespace motors
