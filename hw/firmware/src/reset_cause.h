// Why the board started: the crew's first clue to interference (brown-out) or a program that hung (watchdog).
#pragma once

#include <stdint.h>

namespace reset_cause {

enum : uint8_t { power_on = 1, external = 2, brown_out = 4, watchdog = 8 };

// MCUSR as it was at the start, bits as above; 0 where a bootloader that cleared it does not tell.
uint8_t flags();

// Starts since power came; counted in memory that a reset leaves alone.
uint8_t resets();

}  // namespace reset_cause
