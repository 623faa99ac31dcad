#include "motors.h"

#include "atomic.h"
#include "clock.h"
#include "driver.h"
#include "strength.h"

namespace {

// An edge is made this much early rather than late: it takes some 8 us, and eight may be due at one instant.
constexpr int8_t EARLY = 4;  // ticks

struct Motor {
    Segment segments[SEGMENTS];
    uint8_t count;
    uint8_t at;         // the segment whose beginning comes next
    bool busy;
    bool cut;           // max_on ended a drive; stays off until a coast was asked for
    int8_t way;         // driven now: 1 forward, -1 back
    int8_t last;        // of the latest drive
    uint8_t id;
    bool begun;         // and not yet told
    int16_t lateness;
    Ticks due;          // of the next edge, as planned
    Ticks wake;         // when to look again: an edge, the end of a dead time, or max_on
    Ticks cut_at;       // of the drive under way
    Ticks off_at;       // when the latest drive ended
};

Motor motor[MOTORS];
bool stirred = false;
motors::Limits limits = {ticks_of_us(1000), ticks_of_us(50000)};

void coast(Motor& m, uint8_t number, Ticks now) {
    strength::end(number);
    driver::coast(number);
    if (m.way) m.off_at = now;
    m.way = 0;
}

void drive(Motor& m, uint8_t number, int8_t way, uint8_t duty, Ticks now) {
    if (!m.way) {
        m.cut_at = now + limits.max_on;
        strength::allow(number, limits.max_on);
    }
    m.way = m.last = way;
    driver::drive(number, way, duty);
    strength::begin(number, duty);
}

// Whether the motor must coast before it goes that way; `wake` is then when it may.
bool must_rest(Motor& m, uint8_t number, int8_t way, Ticks now) {
    if (m.way == -way) coast(m, number, now);
    if (m.way || m.last != -way) return false;
    m.wake = m.off_at + limits.dead_time;
    return since(now, m.wake) > 0;
}

void prepare(const Motor& m, uint8_t number) {
    if (m.at >= m.count) return;
    const int16_t duty = m.segments[m.at].duty;
    if (duty) driver::prepare(number, duty > 0 ? duty : -duty);
}

void edge(Motor& m, uint8_t number, Ticks now) {
    if (m.way && since(m.cut_at, now) >= 0) {
        coast(m, number, now);
        m.cut = true;
    }
    if (since(m.due, now) < -EARLY) {
        m.wake = m.due;
        return;
    }
    if (m.at == m.count) {
        coast(m, number, now);
        m.busy = false;
        return;
    }
    const Segment& segment = m.segments[m.at];
    const int8_t way = segment.duty > 0 ? 1 : segment.duty < 0 ? -1 : 0;
    if (!way) {
        coast(m, number, now);
        m.cut = false;
    } else if (!m.cut) {
        if (must_rest(m, number, way, now)) return;
        drive(m, number, way, static_cast<uint8_t>(way > 0 ? segment.duty : -segment.duty), now);
    }
    if (m.at == 0) {
        m.lateness = static_cast<int16_t>(since(m.due, now));
        m.begun = true;
    }
    m.due += segment.ticks;
    ++m.at;
    m.wake = m.way && since(m.cut_at, m.due) > 0 ? m.cut_at : m.due;
    if (!m.way) prepare(m, number);
}

}  // namespace

namespace motors {

void begin(const Limits& wanted) {
    limits = wanted;
    stop_all();
}

bool idle(uint8_t number) {
    const Atomic atomic;
    return !motor[number].busy;
}

void load(const Motion& motion) {
    const Atomic atomic;
    Motor& m = motor[motion.motor];
    for (uint8_t n = 0; n < motion.count; ++n) m.segments[n] = motion.segments[n];
    m.count = motion.count;
    m.at = 0;
    m.cut = false;
    m.id = motion.id;
    m.due = m.wake = motion.start - driver::LEAD;
    m.busy = true;
    prepare(m, motion.motor);
    run();
}

void run() {
    for (;;) {
        Ticks nearest = 0;
        bool waits = false;
        Ticks now = clock::now_locked();
        for (uint8_t number = 0; number < MOTORS; ++number) {
            Motor& m = motor[number];
            if (!m.busy) continue;
            if (since(m.wake, now) >= -EARLY) {
                edge(m, number, now);
                stirred = true;
                now = clock::now_locked();
                if (!m.busy) continue;
            }
            if (!waits || since(m.wake, nearest) > 0) nearest = m.wake;
            waits = true;
        }
        driver::flush();
        if (!waits) return clock::no_alarm();
        if (clock::wake_at(nearest - EARLY)) return;
    }
}

void stop_all() {
    const Atomic atomic;
    const Ticks now = clock::now_locked();
    strength::end_all();
    driver::coast_all();
    for (Motor& m : motor) {
        if (m.way) m.off_at = now;
        m.way = 0;
        m.busy = m.begun = false;
    }
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
