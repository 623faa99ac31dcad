// Adafruit's Motor Shield v2, one or two of them: a PCA9685 on the I2C bus tells TB6612 bridges what to do.
//
// An edge is one byte to one register: 27 bits and a stop, 72 us at 400 kHz, and takes effect at the stop (PCA9685 data
// sheet, MODE2, OCH). The strength is told before. Its PWM has 1526 Hz at most, so power may begin 0.6 ms behind its edge.
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/twi.h>

#include "atomic.h"
#include "clock.h"
#include "driver.h"
#include "motion.h"

namespace {

constexpr uint8_t FIRST_CHIP = 0x60;  // of the shields; the second has its jumper A0 closed
constexpr uint8_t CHIPS = 2, TERMINALS = 4;

// PCA9685 data sheet, table 4: registers; a channel has four, ON_L ON_H OFF_L OFF_H.
constexpr uint8_t MODE1 = 0x00, LED0 = 0x06, ALL_OFF_HIGH = 0xFD, PRESCALE = 0xFE;
constexpr uint8_t SLEEP = 0x10, INCREMENT = 0x20, FULL = 0x10;
constexpr uint8_t FASTEST = 3;  // 25 MHz / 4096 / (3 + 1) = 1526 Hz

// Channels of terminals 1 to 4 (Adafruit_MotorShield.cpp).
const uint8_t PWM[TERMINALS] = {8, 13, 2, 7}, FORWARD[TERMINALS] = {10, 11, 4, 5}, BACK[TERMINALS] = {9, 12, 3, 6};

struct Order {
    uint8_t chip, reg, count;
    uint8_t bytes[2];
};

constexpr uint8_t ORDERS = 24;

Order orders[ORDERS];
volatile uint8_t head = 0, tail = 0;
volatile uint8_t sent = 0;  // bytes of the order under way, the register among them
volatile bool running = false, failure = false;
volatile bool asking = false;  // in begin(): a chip that does not answer is not there
volatile uint8_t silent = 0;   // a bit for each chip that is not
volatile Ticks started = 0;    // when the order under way was begun
uint8_t wired[MOTORS];        // terminal, from 1; 0: none
int8_t ways[MOTORS];          // of the edge that is staged
int8_t driven[MOTORS];        // of the drive under way

// An order takes 0.1 ms. After this time the bus hangs: a chip that lost count of the clock holds its line low.
constexpr int32_t HANGS = ticks_of_ms(2);

void start() {
    running = true;
    started = clock::now_locked();
    sent = 0;
    TWCR = _BV(TWINT) | _BV(TWSTA) | _BV(TWEN) | _BV(TWIE);
}

void order(const Order& wanted) {
    const uint8_t next = (head + 1) % ORDERS;
    if (silent & _BV(wanted.chip)) return;
    if (next == tail) {
        failure = true;
        return;
    }
    orders[head] = wanted;
    head = next;
    if (!running) start();
}

uint8_t chip_of(uint8_t motor) { return (wired[motor] - 1) / TERMINALS; }

void set(uint8_t motor, const uint8_t* channels, bool high) {
    const uint8_t channel = channels[(wired[motor] - 1) % TERMINALS];
    order({chip_of(motor), static_cast<uint8_t>(LED0 + 4 * channel + 3), 1, {high ? uint8_t{0} : FULL, 0}});
}

// A bus that hangs is given up, with all that was to be said.
void look() {
    const Atomic atomic;
    if (!running || since(started, clock::now_locked()) < HANGS) return;
    TWCR = 0;
    running = false;
    failure = true;
    tail = head;
}

void wait() {
    while (running) look();
}

void write(uint8_t chip, uint8_t reg, uint8_t value) {
    {
        const Atomic atomic;
        order({chip, reg, 1, {value, 0}});
    }
    wait();
}

}  // namespace

namespace driver {

const uint8_t NUMBER = 2;
const uint8_t LEAD = 18;  // 72 us

// The PCA9685 has no reset line and keeps its outputs: it is told as soon as there is a bus, in begin().
void off_at_once() {}

void begin() {
    TWSR = 0;
    TWBR = (F_CPU / 400000 - 16) / 2;
    silent = 0;
    asking = true;
    for (uint8_t& terminal : wired) terminal = 0;
    for (uint8_t chip = 0; chip < CHIPS; ++chip) {
        write(chip, ALL_OFF_HIGH, FULL);
        write(chip, MODE1, SLEEP | INCREMENT);
        write(chip, PRESCALE, FASTEST);
        write(chip, MODE1, INCREMENT);
        for (uint8_t channel = 2; channel <= 13; ++channel) {
            // On from the first count on; what is off is off by the fourth register, which comes before that.
            write(chip, LED0 + 4 * channel + 1, channel == 2 || channel == 7 || channel == 8 || channel == 13 ? 0 : FULL);
            write(chip, LED0 + 4 * channel + 3, FULL);
        }
    }
    asking = false;
    failure = false;
}

bool wire(uint8_t motor, const Wiring& wiring) {
    if (wiring.kind != Wiring::terminal || wiring.a < 1 || wiring.a > CHIPS * TERMINALS) return false;
    for (const uint8_t terminal : wired)
        if (terminal == wiring.a) return false;
    wired[motor] = wiring.a;
    if (!(silent & _BV(chip_of(motor)))) return true;
    wired[motor] = 0;
    return false;
}

bool wire_enable(uint8_t number) { return number == 255; }

void stage(uint8_t motor, int8_t way, uint8_t duty) {
    if (!wired[motor]) return;
    ways[motor] = way;
    if (!way) return;
    const uint8_t channel = PWM[(wired[motor] - 1) % TERMINALS];
    const uint16_t off = duty == 255 ? 4095 : duty * 16;
    const Atomic atomic;
    order({chip_of(motor), static_cast<uint8_t>(LED0 + 4 * channel + 2), 2,
           {static_cast<uint8_t>(off), static_cast<uint8_t>(off >> 8)}});
}

void fire(uint8_t motor) {
    if (!wired[motor]) return;
    if (!ways[motor]) return coast(motor);
    driven[motor] = ways[motor];
    set(motor, ways[motor] > 0 ? FORWARD : BACK, true);
}

void coast(uint8_t motor) {
    if (!wired[motor]) return;
    // One of the two is low already, unless nobody knows.
    if (driven[motor] >= 0) set(motor, FORWARD, false);
    if (driven[motor] <= 0) set(motor, BACK, false);
    driven[motor] = 0;
}

void coast_all() {
    // What was to be said before does not matter any more.
    if (!running) tail = head;
    else head = (tail + 1) % ORDERS;
    for (uint8_t chip = 0; chip < CHIPS; ++chip) order({chip, ALL_OFF_HIGH, 1, {FULL, 0}});
}

void flush() {}

void line(uint8_t, bool) {}

bool take_failure() {
    look();
    const Atomic atomic;
    const bool was = failure;
    failure = false;
    return was;
}

}  // namespace driver

ISR(TWI_vect) {
    const Order& current = orders[tail];
    switch (TW_STATUS) {
        case TW_START:
        case TW_REP_START:
            TWDR = (FIRST_CHIP + current.chip) << 1;
            break;
        case TW_MT_SLA_ACK:
        case TW_MT_DATA_ACK:
            // The register, then its bytes.
            if (sent <= current.count) {
                TWDR = sent ? current.bytes[sent - 1] : current.reg;
                ++sent;
                break;
            }
            tail = (tail + 1) % ORDERS;
            TWCR = _BV(TWINT) | _BV(TWSTO) | _BV(TWEN);
            if (head == tail) running = false;
            else start();
            return;
        case TW_MT_SLA_NACK:
            if (asking) silent |= _BV(current.chip);
            // fall through
        default:
            failure = true;
            tail = (tail + 1) % ORDERS;
            TWCR = _BV(TWINT) | _BV(TWSTO) | _BV(TWEN);
            if (head == tail) running = false;
            else start();
            return;
    }
    TWCR = _BV(TWINT) | _BV(TWEN) | _BV(TWIE);
}
