#include "dead_man.h"

namespace {

constexpr Ticks LONGEST = ticks_of_ms(300);

Ticks latest = 0;
bool armed = false, gone = false;

}  // namespace

namespace dead_man {

void heard(Ticks now) {
    latest = now;
    gone = false;
}

void sensing() { armed = true; }

bool advance(Ticks now) {
    if (!armed || since(latest, now) < static_cast<int32_t>(LONGEST)) return false;
    armed = false;  // the next FE arms it again
    gone = true;
    return true;
}

bool silent() { return gone; }

}  // namespace dead_man
