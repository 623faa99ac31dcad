// What the board knows of its kit: an image of bytes in EEPROM, in two banks, or the one that is built in.
//
// A bank is written while the other is valid, its mark last: power that is cut at any instant leaves the old settings or
// the new ones. The bytes of an image are in PROTOCOL.md.
#pragma once

#include <stdint.h>

#include "driver.h"

namespace settings {

constexpr uint8_t VERSION = 1;
constexpr uint16_t ROOM = 506;  // bytes of an image

enum class Origin : uint8_t {
    built_in = 0,  // no bank holds an image
    bank_a = 1,
    bank_b = 2,
};

struct Global {
    uint8_t version, motors;
    uint16_t dead_time, max_on, tolerance;  // ticks
    uint16_t latency;                       // ticks that a plain note takes to sound, where its lead is shorter
    uint8_t channel;                        // 1 to 16; 0 hears all
    uint8_t enable;                         // a pin common to all bridges, 255 for none
};

struct Motor {
    Wiring wiring;
    uint16_t contact, back;  // ticks
    uint8_t back_duty;
    uint16_t on, window;     // ms
    uint8_t knots;
};

struct Knot {
    uint8_t velocity;
    uint16_t forward;  // ticks
    uint8_t duty;
    uint16_t lead;     // ticks
};

// Find the bank that holds, or take what is built in.
void begin();

Origin origin();
uint16_t checksum();  // CRC-16 of the image in use

Global global();
Motor motor(uint8_t number);           // of those that there are
Knot knot(uint8_t number, uint8_t n);  // of a motor
uint8_t motor_of(uint8_t key);         // of a General MIDI key; 15 for none

// Writing: pieces in any order into the bank that is not in use, then the commit. While `writing`, nothing above may be
// asked: the EEPROM cannot be read.
constexpr uint8_t PIECE = 24;
bool write(uint16_t offset, const uint8_t* bytes, uint8_t count);
bool commit(uint16_t length, uint16_t checksum);
bool writing();

// What came of a write or a commit, once.
enum class Result : uint8_t { none, written, refused, committed, corrupt };
Result take_result();

// Write a byte if it is time to.
void advance();

}  // namespace settings
