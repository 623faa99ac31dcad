// What host and board say to each other in system exclusive messages. The bytes are in PROTOCOL.md.
#pragma once

#include "midi.h"
#include "ticks.h"

namespace protocol {

constexpr uint8_t VERSION = 1;

// A message without F0 and F7; what is garbled or not for this board is passed over.
void receive(const uint8_t* bytes, uint8_t count);

// Say what there is to say: the outcome of strokes and of writes.
void advance();

// Who the board is, as its first word after a start or because it was asked.
void hello(bool asked);

// Messages whose checksum was wrong.
uint8_t garbled();

// A panic that the host asked for, once.
bool take_panic();

}  // namespace protocol
