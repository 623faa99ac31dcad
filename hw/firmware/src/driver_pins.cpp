// Bridges and MOSFETs on the board's own pins.
#include "atomic.h"
#include "board.h"
#include "driver.h"
#include "motion.h"

namespace {

volatile uint8_t nowhere;  // the port of a line that there is not

struct Line {
    volatile uint8_t* port = &nowhere;
    uint8_t mask = 0;

    void high() const { *port |= mask; }
    void low() const { *port &= ~mask; }
};

// In the order in which they are set. ONE is forward, or the direction.
constexpr uint8_t STRENGTH = 0, ONE = 1, TWO = 2, LINES = 3;

struct Bridge {
    Line lines[LINES];
    bool phase = false;            // a direction line, which may stay as it is in a coast
    uint8_t goal[LINES] = {};      // what the staged edge makes of each: its mask, or 0
    uint8_t switches = LINES;      // which line the staged drive has its strength from
    uint8_t switched = LINES;      // and the drive under way; LINES: none
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
    line.port = port_of(where);
    line.mask = where.mask;
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
    Line* lines = bridge.lines;
    switch (wiring.kind) {
        case Wiring::in_in_enable:
            if (wiring.c != 255 && !claim(wiring.c, lines[STRENGTH])) return false;
            // fall through
        case Wiring::in_in:
            return claim(wiring.a, lines[ONE]) && claim(wiring.b, lines[TWO]);
        case Wiring::phase_enable:
            bridge.phase = true;
            return claim(wiring.a, lines[ONE]) && claim(wiring.b, lines[STRENGTH]);
        case Wiring::solenoid:
            return claim(wiring.a, lines[ONE]);
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

void stage(uint8_t motor, int8_t way, uint8_t) {
    Bridge& bridge = bridges[motor];
    const Line* lines = bridge.lines;
    bridge.goal[STRENGTH] = way ? lines[STRENGTH].mask : 0;
    bridge.goal[ONE] = way > 0 ? lines[ONE].mask : 0;
    bridge.goal[TWO] = way < 0 ? lines[TWO].mask : 0;
    bridge.switches = !way ? LINES : lines[STRENGTH].mask ? STRENGTH : way > 0 ? ONE : TWO;
}

void fire(uint8_t motor) {
    Bridge& bridge = bridges[motor];
    for (uint8_t n = 0; n < LINES; ++n) {
        const Line& line = bridge.lines[n];
        *line.port = (*line.port & ~line.mask) | bridge.goal[n];
    }
    bridge.switched = bridge.switches;
}

void flush() {}

void coast(uint8_t motor) {
    Bridge& bridge = bridges[motor];
    bridge.switched = LINES;
    for (const Line& line : bridge.lines) line.low();
}

void coast_all() {
    for (uint8_t motor = 0; motor < MOTORS; ++motor) coast(motor);
}

void line(uint8_t motor, bool high) {
    const Bridge& bridge = bridges[motor];
    if (bridge.switched == LINES) return;
    const Line& switched = bridge.lines[bridge.switched];
    if (high) switched.high();
    else switched.low();
}

bool take_failure() { return false; }

}  // namespace driver
