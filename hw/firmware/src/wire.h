// The serial line to the host: 115200 baud, 8N1, as hairless-midiserial has it.
#pragma once

#include <stdint.h>

#include "ticks.h"

namespace wire {

void begin();

// The next byte that came; false when there is none.
bool read(uint8_t& byte);

// When the latest byte F7 had come, the end of a message. To the tick, however late it is asked.
Ticks end_of_message();

// Room for so many bytes without waiting.
uint8_t room();

// Send a byte; it is dropped when there is no room: ask before, for a whole message.
void write(uint8_t byte);

// Bytes that came when nobody had read the ones before; they are lost.
uint8_t overruns();

// Whether bytes wait, either way.
bool busy();

}  // namespace wire
