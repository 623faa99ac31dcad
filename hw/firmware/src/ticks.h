// Time on the board: Timer 1 counts ticks of 4 us and goes round after 4.8 hours.
#pragma once

#include <stdint.h>

using Ticks = uint32_t;

constexpr Ticks ticks_of_us(uint32_t us) { return us / 4; }
constexpr Ticks ticks_of_ms(uint32_t ms) { return ms * 250; }

// How far `later` is behind `earlier`; negative when it is not. Right within 2.4 hours.
inline int32_t since(Ticks earlier, Ticks later) { return static_cast<int32_t>(later - earlier); }
