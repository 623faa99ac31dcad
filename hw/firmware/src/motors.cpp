#include "motors.h"

#include "atomic.h"
#include "clock.h"
#include "driver.h"
#include "strength.h"

namespace {

// Edges this near are made together. It also centres the errors: nothing is earlier than that, and with eight motors and a
// full wire the last of a chord is 0.12 ms behind the first of its edges' interrupt.
constexpr int8_t EARLY = 16;  // ticks

// What comes next for a motor. It is worked out and staged when there is time, so that at its instant there is nothing to
// do but to set pins.
enum class Next : uint8_t {
    drive,    // a segment begins
    coast,    // a pause begins
    turn,     // a segment wants the other way: a coast first
    cut,      // max_on ends a drive
    end,      // of the motion
};

struct Motor {
    Segment segments[SEGMENTS];
    uint8_t count;
    uint8_t at;       // the segment whose beginning comes next
    volatile bool busy;
    Next next;
    bool fired;       // its pins are set, what follows from that is not worked out yet
    bool cut;         // what was cut stays off until a pause
    int8_t way;       // driven now: 1 forward, -1 back
    int8_t last;      // of the latest drive
    uint8_t id;
    volatile bool begun;  // and not yet told
    int16_t lateness;
    Ticks due;        // of the next segment, as planned
    Ticks wake;       // of what comes next
    Ticks cut_at;     // of the drive under way
    Ticks off_at;     // when the latest drive ended
    Ticks fired_at;   // when its pins had been set
};

Motor motor[MOTORS];
motors::Limits limits = {ticks_of_us(1000), ticks_of_us(50000)};
volatile bool stirred = false;
bool waits = false;  // an alarm is set,
Ticks alarm = 0;     // for then

int8_t way_of(const Segment& segment) { return segment.duty > 0 ? 1 : segment.duty < 0 ? -1 : 0; }

bool begins_at_all(const Motor& m) { return !(m.cut && m.segments[m.at].duty); }

// What the next segment asks for, and when the bridge lets it.
void plan_segment(Motor& m) {
    m.wake = m.due;
    if (m.at == m.count) {
        m.next = Next::end;
        return;
    }
    const int8_t way = way_of(m.segments[m.at]);
    m.next = !way ? Next::coast : m.way == -way ? Next::turn : Next::drive;
    if (m.next != Next::drive || m.way || m.last != -way) return;
    const Ticks rested = m.off_at + limits.dead_time + EARLY + 1;  // off_at may be a tick before the pin was low
    if (since(m.wake, rested) > 0) m.wake = rested;
}

void skip_segment(Motor& m) {
    m.due += m.segments[m.at].ticks;
    ++m.at;
}

void plan(Motor& m, uint8_t number) {
    for (;;) {
        while (m.at < m.count && !begins_at_all(m)) skip_segment(m);
        plan_segment(m);
        // A drive that the dead time would let begin only behind its own end is none.
        if (m.next != Next::drive || since(m.due + m.segments[m.at].ticks, m.wake) < 0) break;
        skip_segment(m);
    }
    if (m.way && since(m.cut_at, m.wake) > 0) {
        m.wake = m.cut_at;
        m.next = Next::cut;
    }
    const int16_t duty = m.next == Next::drive ? m.segments[m.at].duty : 0;
    driver::stage(number, duty > 0 ? 1 : duty < 0 ? -1 : 0, static_cast<uint8_t>(duty < 0 ? -duty : duty));
}

void begin_drive(Motor& m, uint8_t number, Ticks now) {
    const Segment& segment = m.segments[m.at];
    if (!m.way) {
        m.cut_at = now + limits.max_on;
        strength::allow(number, limits.max_on);
    }
    m.way = m.last = way_of(segment);
    strength::begin(number, static_cast<uint8_t>(m.way > 0 ? segment.duty : -segment.duty));
}

void end_drive(Motor& m, uint8_t number, Ticks now) {
    strength::end(number);
    if (m.way) m.off_at = now;
    m.way = 0;
}

// What follows from pins that were set at `now`.
void settle(Motor& m, uint8_t number, Ticks now) {
    if (m.at == 0 && !m.begun && m.next != Next::end) {
        m.lateness = static_cast<int16_t>(since(m.due, now));
        m.begun = true;
    }
    if (m.next == Next::drive) begin_drive(m, number, now);
    else end_drive(m, number, now);
    if (m.next == Next::cut) m.cut = true;
    if (m.next == Next::coast) m.cut = false;
    if (m.next == Next::end) {
        m.busy = false;
        return;
    }
    if (m.next == Next::drive || m.next == Next::coast) skip_segment(m);
    plan(m, number);
}

// Set the pins of every motor that is due. With interrupts off, and as short as can be.
void fire() {
    const Ticks now = clock::now_locked();
    uint8_t fired = 0, bit = 1;
    for (uint8_t number = 0; number < MOTORS; ++number, bit <<= 1) {
        const Motor& m = motor[number];
        if (!m.busy || m.fired || since(m.wake, now) < -EARLY) continue;
        driver::fire(number);
        fired |= bit;
    }
    if (!fired) return;
    driver::flush();
    const Ticks done = clock::now_locked();
    for (Motor& m : motor) {
        if (fired & 1) {
            m.fired = true;
            m.fired_at = done;
        }
        fired >>= 1;
    }
}

void set_alarm() {
    waits = false;
    for (const Motor& m : motor) {
        if (!m.busy || (waits && since(alarm, m.wake) >= 0)) continue;
        alarm = m.wake;
        waits = true;
    }
}

}  // namespace

namespace motors {

void begin(const Limits& wanted) {
    limits = wanted;
    stop_all();
}

bool idle(uint8_t number) { return !motor[number].busy; }

void load(const Motion& motion) {
    Motor& m = motor[motion.motor];
    for (uint8_t n = 0; n < motion.count; ++n) m.segments[n] = motion.segments[n];
    m.count = motion.count;
    m.at = 0;
    m.cut = m.fired = m.begun = false;
    m.id = motion.id;
    m.due = motion.start - driver::LEAD;
    plan(m, motion.motor);
    const Atomic atomic;
    m.busy = true;
    if (!waits || since(alarm, m.wake) < 0) alarm = m.wake;
    waits = true;
    clock::wake_at(alarm - EARLY);
}

void run() {
    // In its interrupt, which is masked while others are let in: bytes come every 87 us, and the pins are set.
    clock::no_alarm();
    fire();
    for (uint8_t number = 0; number < MOTORS;) {
        Motor& m = motor[number];
        if (!m.fired) {
            ++number;
            continue;
        }
        m.fired = false;
        sei();
        settle(m, number, m.fired_at);
        cli();
        stirred = true;
        // What has become due meanwhile waits for one motor's arithmetic, not for all of them.
        fire();
        number = 0;
    }
    set_alarm();
    if (waits) clock::wake_at(alarm - EARLY);
}

void stop_all() {
    const Atomic atomic;
    strength::end_all();
    driver::coast_all();
    const Ticks done = clock::now_locked();  // eight motors take 70 us: a dead time counts from the last
    for (Motor& m : motor) {
        if (m.way) m.off_at = done;
        m.way = 0;
        m.busy = m.begun = m.fired = false;
    }
    waits = false;
    clock::no_alarm();
}

bool take_begun(uint8_t& id, int16_t& lateness) {
    for (Motor& m : motor) {
        const Atomic atomic;
        if (!m.begun) continue;
        m.begun = false;
        id = m.id;
        lateness = m.lateness;
        return true;
    }
    return false;
}

bool take_pending(uint8_t number, uint8_t& id) {
    const Atomic atomic;
    Motor& m = motor[number];
    if (!m.busy || m.at) return false;
    m.busy = false;
    id = m.id;
    return true;
}

bool take_stirred() {
    const bool was = stirred;
    stirred = false;
    return was;
}

bool any_busy() {
    for (const Motor& m : motor)
        if (m.busy) return true;
    return false;
}

}  // namespace motors
