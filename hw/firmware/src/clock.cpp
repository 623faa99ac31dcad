#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "atomic.h"
#include "motors.h"
#include "strength.h"

namespace {

volatile uint16_t rounds = 0;
volatile uint8_t beat = 0;

constexpr uint16_t TICK = ticks_of_us(100);
constexpr uint16_t TOO_NEAR = 2;                  // ticks: an alarm nearer than that could pass while it is set
constexpr uint8_t BEAT = F_CPU / 1024 / 250 - 1;  // 4 ms of Timer 0

}  // namespace

namespace clock {

void begin() {
    TCCR1A = 0;
    TCCR1B = _BV(CS11) | _BV(CS10);  // 16 MHz / 64 = 250 kHz
    TIMSK1 = _BV(TOIE1);
    TCCR0A = _BV(WGM01);
    TCCR0B = _BV(CS02) | _BV(CS00);  // 16 MHz / 1024
    OCR0A = BEAT;
    TIMSK0 = _BV(OCIE0A);
}

Ticks now_locked() {
    const uint16_t low = TCNT1;
    uint16_t high = rounds;
    // The counter may have gone round while interrupts were off.
    if ((TIFR1 & _BV(TOV1)) && low < 0x8000) ++high;
    return (static_cast<Ticks>(high) << 16) | low;
}

Ticks now() {
    const Atomic atomic;
    return now_locked();
}

void wake_at(Ticks instant) {
    // A flag that an earlier match has left makes one call too soon, which is no harm; so none is cleared.
    OCR1A = static_cast<uint16_t>(instant);
    // Too near, or past: the counter would have to go round once.
    if (since(now_locked(), instant) < static_cast<int32_t>(TOO_NEAR)) OCR1A = TCNT1 + TOO_NEAR;
    TIMSK1 |= _BV(OCIE1A);
}

void no_alarm() { TIMSK1 &= ~_BV(OCIE1A); }

void begin_ticking() {
    // The timer's 16-bit registers share one byte on the way: who uses them may not be interrupted by another who does.
    const Atomic atomic;
    if (TIMSK1 & _BV(OCIE1B)) return;
    OCR1B = TCNT1 + TICK;
    TIMSK1 |= _BV(OCIE1B);
}

uint8_t beats() { return beat; }

}  // namespace clock

ISR(TIMER1_OVF_vect) { ++rounds; }

ISR(TIMER1_COMPA_vect) { motors::run(); }

ISR(TIMER1_COMPB_vect) {
    // From now, not from the last one: a tick that was missed would come back only after 262 ms.
    OCR1B = TCNT1 + TICK;
    if (!strength::tick()) TIMSK1 &= ~_BV(OCIE1B);
}

ISR(TIMER0_COMPA_vect) { ++beat; }
