// How hard to strike: a velocity's motion on a motor, from the knots in the settings (appliance/strike/touch.py).
#pragma once

#include "motion.h"

namespace touch {

// Fill in the segments of a stroke of velocity 1 to 127. Returns its lead: ticks from the start to the stick on the head.
uint16_t fill(Motion& motion, uint8_t velocity);

}  // namespace touch
