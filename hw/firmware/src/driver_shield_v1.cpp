// Adafruit's Motor Shield v1 and its many copies: two L293D; a 74HC595 holds the directions of four motors.
#include <avr/io.h>

#include "atomic.h"
#include "board.h"
#include "driver.h"
#include "motion.h"

namespace {

// The shield's wiring, from its schematic and AFMotor.h (Adafruit-Motor-Shield-library).
constexpr uint8_t LATCH = 12, CLOCK = 4, OFF = 7, DATA = 8;
constexpr uint8_t TERMINALS = 4;
const uint8_t ENABLE[TERMINALS] = {11, 3, 6, 5};
const uint8_t FORWARD[TERMINALS] = {_BV(2), _BV(1), _BV(5), _BV(0)};
const uint8_t BACK[TERMINALS] = {_BV(3), _BV(4), _BV(7), _BV(6)};

struct Output {
    volatile uint8_t* port;
    uint8_t mask;

    void high() const { *port |= mask; }
    void low() const { *port &= ~mask; }
};

struct Channel {
    Output enable;
    uint8_t terminal;
    bool wired;
    uint8_t goal;   // the direction that the staged edge sets, or 0
    bool driven;
    bool starts;    // its enable line is to go high when the directions are out
};

Channel channels[MOTORS];
Output latch, shift, data;
uint8_t directions = 0, shown = 0;

Output output(uint8_t number) {
    const Pin where = pin(number);
    const Output out = {port_of(where), where.mask};
    const Atomic atomic;
    out.low();
    *ddr_of(where) |= where.mask;
    return out;
}

void send(uint8_t byte) {
    latch.low();
    for (uint8_t bit = 0x80; bit; bit >>= 1) {
        shift.low();
        if (byte & bit) data.high();
        else data.low();
        shift.high();
    }
    latch.high();
    shown = byte;
}

}  // namespace

namespace driver {

const uint8_t NUMBER = 1;
const uint8_t LEAD = 0;

// The 74HC595 keeps its outputs over a reset: they are switched off (D7 high) and the bridges disabled.
void off_at_once() {
    const uint8_t lines[] = {3, 5, 6, 11};
    for (uint8_t number : lines) *ddr_of(pin(number)) |= pin(number).mask;
    *port_of(pin(OFF)) |= pin(OFF).mask;
    *ddr_of(pin(OFF)) |= pin(OFF).mask;
}

void begin() {
    latch = output(LATCH);
    shift = output(CLOCK);
    data = output(DATA);
    for (Channel& channel : channels) channel = Channel();
    for (uint8_t number : ENABLE) output(number);
    const Atomic atomic;
    directions = 0;
    send(0);
    output(OFF);
}

bool wire(uint8_t motor, const Wiring& wiring) {
    if (wiring.kind != Wiring::terminal || wiring.a < 1 || wiring.a > TERMINALS) return false;
    const uint8_t terminal = wiring.a - 1;
    for (const Channel& other : channels)
        if (other.wired && other.terminal == terminal) return false;
    channels[motor] = {output(ENABLE[terminal]), terminal, true, 0, false, false};
    return true;
}

bool wire_enable(uint8_t number) { return number == 255; }

void stage(uint8_t motor, int8_t way, uint8_t) {
    Channel& channel = channels[motor];
    channel.goal = way > 0 ? FORWARD[channel.terminal] : way < 0 ? BACK[channel.terminal] : 0;
}

void fire(uint8_t motor) {
    Channel& channel = channels[motor];
    if (!channel.goal) return coast(motor);
    directions &= ~(FORWARD[channel.terminal] | BACK[channel.terminal]);
    directions |= channel.goal;
    channel.driven = channel.starts = true;
}

void coast(uint8_t motor) {
    Channel& channel = channels[motor];
    if (!channel.wired) return;
    channel.enable.low();
    channel.driven = channel.starts = false;
    directions &= ~(FORWARD[channel.terminal] | BACK[channel.terminal]);
}

void coast_all() {
    for (uint8_t motor = 0; motor < MOTORS; ++motor) coast(motor);
    flush();
}

void flush() {
    if (directions != shown) send(directions);
    for (Channel& channel : channels) {
        if (!channel.starts) continue;
        channel.starts = false;
        channel.enable.high();
    }
}

void line(uint8_t motor, bool high) {
    const Channel& channel = channels[motor];
    if (!channel.driven || channel.starts) return;
    if (high) channel.enable.high();
    else channel.enable.low();
}

bool take_failure() { return false; }

}  // namespace driver
