#include "lamp.h"

#include "board.h"

namespace {

const Code* shown = nullptr;
uint8_t of_motor = 0;
uint8_t flash = 0;
bool lit = false;
Ticks deadline = 0;

void light(bool on) {
    lit = on;
    if (on) LAMP_PORT |= _BV(LAMP_BIT);
    else LAMP_PORT &= ~_BV(LAMP_BIT);
}

uint8_t shorts() { return shown->shorts ? shown->shorts : of_motor; }
uint8_t flashes() { return shown->longs + shorts(); }

// Hundredths of a second that a flash is lit, and is dark after it.
uint8_t lit_for(uint8_t n) { return !shown->longs ? shown->on[n > 0] : n < shown->longs ? LONG : SHORT; }

uint8_t dark_for(uint8_t n) {
    if (!shown->longs) return shown->off;
    if (n + 1 == flashes()) return END;
    return n + 1 < shown->longs ? BETWEEN_LONG : n + 1 == shown->longs ? BEFORE_SHORT : BETWEEN_SHORT;
}

}  // namespace

namespace lamp {

void begin() {
    LAMP_DDR |= _BV(LAMP_BIT);
    light(false);
}

void show(const Code& code, uint8_t motor, Ticks now) {
    if (shown == &code && of_motor == motor) return;
    shown = &code;
    of_motor = motor;
    flash = 0;
    light(true);
    deadline = now + ticks_of_ms(10) * lit_for(0);
}

void advance(Ticks now) {
    if (!shown || since(deadline, now) < 0) return;
    if (lit) {
        deadline += ticks_of_ms(10) * dark_for(flash);
        light(false);
        return;
    }
    flash = flash + 1 < flashes() ? flash + 1 : 0;
    deadline += ticks_of_ms(10) * lit_for(flash);
    light(true);
}

}  // namespace lamp
