// Bridges and MOSFETs on the board's own pins.
#include "atomic.h"
#include "board.h"
#include "driver.h"
#include "motion.h"

namespace {

struct Line {
    volatile uint8_t* port;  // null: there is none
    uint8_t mask;

    void high() const { if (port) *port |= mask; }
    void low() const { if (port) *port &= ~mask; }
};

struct Bridge {
    Line one, two, strength;  // forward, back, and the one that is switched for the strength whatever the way
    bool phase;               // `one` is a direction, and may stay as it is in a coast
    const Line* switched;     // of the drive under way
};

Bridge bridges[MOTORS];

bool taken(uint8_t number, uint32_t& pins) {
    const uint32_t mask = static_cast<uint32_t>(1) << number;
    const bool was = pins & mask;
    pins |= mask;
    return was;
}

uint32_t pins_taken;

bool claim(uint8_t number, Line& line) {
    if (!drives_motors(number) || taken(number, pins_taken)) return false;
    const Pin where = pin(number);
    line = {port_of(where), where.mask};
    const Atomic atomic;
    line.low();
    *ddr_of(where) |= where.mask;
    return true;
}

}  // namespace

namespace driver {

const uint8_t NUMBER = 0;
const uint8_t LEAD = 0;

// The pins are inputs after a reset, and the pull-downs at the bridges hold them low: nothing to do, as fast as can be.
void off_at_once() {}

void begin() {
    // Lines of earlier settings go back to what they are after a reset.
    for (uint8_t number = 2; number < PIN_COUNT; ++number) {
        if (!drives_motors(number)) continue;
        const Pin where = pin(number);
        const Atomic atomic;
        *ddr_of(where) &= ~where.mask;
        *port_of(where) &= ~where.mask;
    }
    pins_taken = 0;
    for (Bridge& bridge : bridges) bridge = Bridge();
}

bool wire(uint8_t motor, const Wiring& wiring) {
    Bridge& bridge = bridges[motor];
    bridge = Bridge();
    switch (wiring.kind) {
        case Wiring::in_in_enable:
            if (wiring.c != 255 && !claim(wiring.c, bridge.strength)) return false;
            // fall through
        case Wiring::in_in:
            return claim(wiring.a, bridge.one) && claim(wiring.b, bridge.two);
        case Wiring::phase_enable:
            bridge.phase = true;
            return claim(wiring.a, bridge.one) && claim(wiring.b, bridge.strength);
        case Wiring::solenoid:
            return claim(wiring.a, bridge.one);
        default:
            return false;
    }
}

bool wire_enable(uint8_t number) {
    Line line;
    if (number == 255) return true;
    if (!claim(number, line)) return false;
    const Atomic atomic;
    line.high();
    return true;
}

void prepare(uint8_t, uint8_t) {}

void drive(uint8_t motor, int8_t way, uint8_t) {
    Bridge& bridge = bridges[motor];
    if (bridge.phase) {
        if (way > 0) bridge.one.high();
        else bridge.one.low();
        bridge.switched = &bridge.strength;
    } else {
        const Line& line = way > 0 ? bridge.one : bridge.two;
        const Line& other = way > 0 ? bridge.two : bridge.one;
        other.low();
        // The strength's line first: the edge of the direction then has its strength at once.
        bridge.strength.high();
        bridge.switched = bridge.strength.port ? &bridge.strength : &line;
        line.high();
    }
    bridge.switched->high();
}

void coast(uint8_t motor) {
    Bridge& bridge = bridges[motor];
    bridge.switched = nullptr;
    bridge.strength.low();
    bridge.one.low();
    bridge.two.low();
}

void coast_all() {
    for (uint8_t motor = 0; motor < MOTORS; ++motor) coast(motor);
}

void flush() {}

void line(uint8_t motor, bool high) {
    const Line* switched = bridges[motor].switched;
    if (!switched) return;
    if (high) switched->high();
    else switched->low();
}

bool take_failure() { return false; }

}  // namespace driver
