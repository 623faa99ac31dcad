#include "reset_cause.h"

#include <avr/io.h>
#include <avr/wdt.h>

#include "driver.h"

namespace {

constexpr uint8_t KNOWN = 0x0F;
constexpr uint16_t MARK = 0x6E67;

uint8_t cause __attribute__((section(".noinit")));
uint8_t from_bootloader __attribute__((section(".noinit")));
uint16_t mark __attribute__((section(".noinit")));
uint8_t count __attribute__((section(".noinit")));

// Optiboot clears MCUSR and hands it over in r2 (optiboot.c, since 4.6). Nothing has touched that register here.
void keep_r2() __attribute__((naked, section(".init0"), used));
void keep_r2() { asm volatile("sts %0, r2" ::"i"(&from_bootloader)); }

// The watchdog runs on, at 15 ms, after it has reset the board: it is stopped before the memory is cleared.
void note() __attribute__((naked, section(".init3"), used));
void note() {
    driver::off_at_once();
    cause = MCUSR & KNOWN;
    MCUSR = 0;
    wdt_disable();
    if (!cause) cause = from_bootloader & KNOWN;
    if (mark != MARK || (cause & reset_cause::power_on)) {
        mark = MARK;
        count = 0;
    } else if (count < 127) {
        ++count;
    }
}

}  // namespace

namespace reset_cause {

uint8_t flags() { return cause; }

uint8_t resets() { return count; }

}  // namespace reset_cause
