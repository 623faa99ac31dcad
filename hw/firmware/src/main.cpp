// The board: bytes in, edges out. Interrupts make the edges; this loop reads, plans and tells, and may be late.
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "board.h"
#include "clock.h"
#include "dead_man.h"
#include "driver.h"
#include "lamp.h"
#include "midi.h"
#include "motors.h"
#include "protocol.h"
#include "reset_cause.h"
#include "settings.h"
#include "strokes.h"
#include "wire.h"

namespace {

constexpr uint8_t NOTE_ON = 0x90, CONTROL = 0xB0, ALL_SOUND_OFF = 120, ALL_NOTES_OFF = 123;
constexpr uint8_t ACTIVE_SENSING = 0xFE, SYSTEM_RESET = 0xFF;
constexpr int32_t SOUNDING = ticks_of_ms(1000);

bool panicked = false;
bool failed = false;
uint8_t hot = 0;

void panic() {
    strokes::stop();
    panicked = true;
}

class Ear final : public Listener {
  public:
    void voice(uint8_t status, uint8_t first, uint8_t second) override {
        const uint8_t channel = (status & 0x0F) + 1;
        if (channel_ && channel != channel_) return;
        const uint8_t kind = status & 0xF0;
        if (kind == NOTE_ON && second && !settings::writing()) strokes::note(first, second, clock::now());
        else if (kind == CONTROL && (first == ALL_SOUND_OFF || first == ALL_NOTES_OFF)) panic();
    }
    void exclusive(const uint8_t* bytes, uint8_t count) override { protocol::receive(bytes, count); }
    void real_time(uint8_t status) override {
        if (status == ACTIVE_SENSING) dead_man::sensing();
        else if (status == SYSTEM_RESET) panic();
    }
    void on_channel(uint8_t channel) { channel_ = channel; }

  private:
    uint8_t channel_ = 0;
};

Ear ear;
MidiParser parser(ear);

// hairless-midiserial shows this to whoever looks on: FF 00 00, a length, words.
void say_hello_in_words() {
    static const char words[] PROGMEM = "Ghostnote";
    constexpr uint8_t LENGTH = sizeof words - 1;
    const uint8_t head[] = {0xFF, 0, 0, LENGTH};
    for (const uint8_t byte : head) wire::write(byte);
    for (uint8_t n = 0; n < LENGTH; ++n) wire::write(pgm_read_byte(&words[n]));
}

void listen() {
    uint8_t byte;
    while (wire::read(byte)) {
        dead_man::heard(clock::now());
        parser.feed(byte);
    }
    if (protocol::take_panic()) panic();
    if (dead_man::advance(clock::now())) strokes::stop();
}

const Code& code_now(Ticks now, uint8_t& motor) {
    motor = 0;
    if (strokes::any() && since(strokes::latest(), now) < SOUNDING) panicked = false;
    if (failed) return STRIKER_FAULT;
    if (hot) {
        motor = hot;
        return MOTOR_HOT;
    }
    if (dead_man::silent()) return PLAYER_DEAD;
    if (panicked) return PANIC_PRESSED;
    if (strokes::any() && since(strokes::latest(), now) < SOUNDING) return ANSWERING;
    if (!strokes::any() && (reset_cause::flags() & reset_cause::brown_out) &&
        !(reset_cause::flags() & reset_cause::power_on))
        return UNDER_VOLTAGE;
    return READY;
}

// An order to the bridges was lost, and it may have been the one that ends a drive: all off, until that is heard.
void look_after_driver() {
    if (!driver::take_failure()) return;
    failed = true;
    strokes::stop();
}

void show(Ticks now) {
    const uint8_t rests = strokes::take_hot();
    if (rests) hot = rests;
    else if (strokes::any() && since(strokes::latest(), now) > 4 * SOUNDING) hot = 0;
    uint8_t motor;
    const Code& code = code_now(now, motor);
    lamp::show(code, motor, now);
    lamp::advance(now);
}

// The watchdog is fed by this loop, and only as long as interrupts are served too.
void feed_watchdog() {
    static uint8_t seen = 0;
    if (clock::beats() == seen) return;
    seen = clock::beats();
    wdt_reset();
}

// An edge or a byte that came since the loop looked is seen before it sleeps; 4 ms is the longest it does.
void sleep_until_something_happens() {
    cli();
    if (!wire::busy() && !motors::take_stirred()) {
        sleep_enable();
        sei();  // the instruction behind it is still done before any interrupt
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

}  // namespace

int main() {
    wdt_enable(WDTO_250MS);
    lamp::begin();
    clock::begin();
    wire::begin();
    settings::begin();
    sei();
    strokes::begin();
    ear.on_channel(settings::global().channel);
    set_sleep_mode(SLEEP_MODE_IDLE);
    say_hello_in_words();
    protocol::hello(false);
    for (;;) {
        listen();
        settings::advance();
        look_after_driver();
        strokes::advance(clock::now());
        protocol::advance();
        if (!settings::writing()) ear.on_channel(settings::global().channel);
        show(clock::now());
        feed_watchdog();
        sleep_until_something_happens();
    }
}
