// A motion of a stick: up to five segments, each for some time with a signed duty.
#pragma once

#include "ticks.h"

constexpr uint8_t MOTORS = 8;
constexpr uint8_t SEGMENTS = 5;  // push, pause, pull; a double has a push and a pause more

struct Segment {
    uint16_t ticks;
    int16_t duty;  // -255 is full back, 0 a coast, 255 full forward
};

struct Motion {
    static constexpr uint8_t NOBODY = 0xFF;  // the id of a motion that nobody wants to hear about

    Ticks start;
    uint8_t motor;
    uint8_t id;
    uint8_t count;
    Segment segments[SEGMENTS];

    Ticks length() const {
        Ticks sum = 0;
        for (uint8_t n = 0; n < count; ++n) sum += segments[n].ticks;
        return sum;
    }
};

// What became of a motion. The numbers are on the wire: PROTOCOL.md.
enum class Outcome : uint8_t {
    struck = 0,
    late = 1,
    busy = 2,
    hot = 3,
    no_motor = 4,
    full = 5,
    stopped = 6,  // by a panic or the silence of the host
    limit = 7,    // a segment that is as long as max_on, or a start that is too far ahead
};
