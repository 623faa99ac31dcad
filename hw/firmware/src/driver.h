// What a motor hangs on. One of driver_pins, driver_shield_v1 and driver_shield_v2 is built in.
#pragma once

#include <stdint.h>

struct Wiring {
    // The numbers are in the settings: PROTOCOL.md.
    enum Kind : uint8_t { none = 0, in_in_enable = 1, in_in = 2, phase_enable = 3, solenoid = 4, terminal = 5 };

    Kind kind;
    uint8_t a, b, c;  // pins as Arduino numbers them, 255 for none; or a is the shield's terminal, from 1
};

namespace driver {

extern const uint8_t NUMBER;  // which one it is, in the identity
extern const uint8_t LEAD;    // ticks from telling to the motor's input, where that is more than a few

// Every output low as the first thing after a reset: no variable is there yet.
void off_at_once() __attribute__((noinline));

// Before motors are wired; afterwards none is.
void begin();

// Wire a motor. False when this board cannot: the motor then does not exist.
bool wire(uint8_t motor, const Wiring& wiring);

// A line that all bridges share, such as a TB6612's STBY; 255 for none. False when it cannot be.
bool wire_enable(uint8_t pin);

// What its next edge will be: driven in a way with a strength, or, with a way of 0, a coast. It takes its time.
void stage(uint8_t motor, int8_t way, uint8_t duty);

// All below: in an interrupt or an Atomic.

// The edge that was staged, now; a drive has full strength until strength::tick().
void fire(uint8_t motor);

// What was fired is to reach the motors now.
void flush();

void coast(uint8_t motor);
void coast_all();

// The line that makes its strength; for drivers whose pins do.
void line(uint8_t motor, bool high);

// Whether motors could not be told since the last time of asking.
bool take_failure();

}  // namespace driver
