#include "wire.h"

#include <avr/interrupt.h>

#include "atomic.h"
#include "board.h"
#include "clock.h"

namespace {

template <uint8_t SIZE>
struct Ring {
    static_assert((SIZE & (SIZE - 1)) == 0, "a power of two");

    volatile uint8_t bytes[SIZE];
    volatile uint8_t head = 0, tail = 0;

    uint8_t count() const { return (head - tail) & (SIZE - 1); }
    bool full() const { return count() == SIZE - 1; }
    bool empty() const { return head == tail; }
    void put(uint8_t byte) {
        bytes[head] = byte;
        head = (head + 1) & (SIZE - 1);
    }
    uint8_t take() {
        const uint8_t byte = bytes[tail];
        tail = (tail + 1) & (SIZE - 1);
        return byte;
    }
};

constexpr uint8_t RX_SIZE = 64, TX_SIZE = 64;
constexpr uint8_t END_OF_SYSEX = 0xF7;

Ring<RX_SIZE> incoming;
Ring<TX_SIZE> outgoing;
volatile uint8_t lost = 0;
volatile Ticks end = 0;

}  // namespace

namespace wire {

void begin() {
    SERIAL_UCSRA = _BV(1);  // U2X: 117647 baud, 2.1 % fast, as every Uno
    SERIAL_UBRR = F_CPU / 8 / 115200 - 1;
    SERIAL_UCSRC = _BV(2) | _BV(1);                   // 8N1
    SERIAL_UCSRB = _BV(7) | _BV(4) | _BV(3);          // RXCIE, RXEN, TXEN
    static_assert(F_CPU / 8 / 115200 - 1 == 16, "the divider of 16 MHz");
}

bool read(uint8_t& byte) {
    if (incoming.empty()) return false;
    byte = incoming.take();
    return true;
}

Ticks end_of_message() {
    const Atomic atomic;
    return end;
}

uint8_t room() { return TX_SIZE - 1 - outgoing.count(); }

void write(uint8_t byte) {
    if (outgoing.full()) return;
    outgoing.put(byte);
    const Atomic atomic;
    SERIAL_UCSRB |= _BV(5);  // UDRIE
}

uint8_t overruns() { return lost; }

bool busy() { return !incoming.empty(); }

}  // namespace wire

ISR(SERIAL_RX_vect) {
    const bool overrun = SERIAL_UCSRA & _BV(3);  // DOR
    const uint8_t byte = SERIAL_UDR;
    if (overrun || incoming.full()) {
        if (lost < 255) ++lost;
    }
    if (incoming.full()) return;
    incoming.put(byte);
    if (byte == END_OF_SYSEX) end = clock::now_locked();
}

ISR(SERIAL_UDRE_vect) {
    if (outgoing.empty()) SERIAL_UCSRB &= ~_BV(5);
    else SERIAL_UDR = outgoing.take();
}
