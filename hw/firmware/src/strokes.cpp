#include "strokes.h"

#include "atomic.h"
#include "budget.h"
#include "clock.h"
#include "driver.h"
#include "motors.h"
#include "settings.h"
#include "touch.h"

namespace {

// With strokes sent 30 ms ahead there is one a motor, and one behind it.
constexpr uint8_t WAITING = 16, OWN = 3, TELLING = 20;
constexpr uint8_t NO_MOTOR = 15;
constexpr Ticks SOON = ticks_of_us(180);
// A host sends 0.25 s ahead at most. What is farther is noise that a short checksum let pass, or of another clock; its
// motor would wait for it for minutes.
constexpr int32_t FARTHEST = ticks_of_ms(1000);

// What waits is small; its segments are made when it is handed on, but for motions in numbers of their own.
struct Waiting {
    Ticks start;
    uint8_t motor, id;
    uint8_t velocity;  // 0: a motion in numbers of its own, `own` says which
    uint8_t own;
};

struct Own {
    bool taken;
    uint8_t count;
    Segment segments[SEGMENTS];
};

struct Told {
    uint8_t id;
    Outcome outcome;
    int16_t lateness;
};

Waiting waiting[WAITING];
Own owns[OWN];
uint8_t count = 0;
Told told[TELLING];
uint8_t told_count = 0;
uint8_t there = 0;  // a bit for each motor
uint16_t tolerance, latency, max_on;
Ticks latest_start = 0;
bool begun = false;
uint8_t hot = 0;

void tell(uint8_t id, Outcome outcome, int16_t lateness = 0) {
    if (id == Motion::NOBODY || told_count == TELLING) return;
    told[told_count++] = {id, outcome, lateness};
}

bool fits(const Motion& motion) {
    for (uint8_t n = 0; n < motion.count; ++n)
        if (motion.segments[n].duty && motion.segments[n].ticks > max_on) return false;
    return true;
}

bool is_there(uint8_t motor) { return motor < MOTORS && (there & (1 << motor)); }

void wait(const Waiting& stroke) {
    if (!is_there(stroke.motor)) return tell(stroke.id, Outcome::no_motor);
    if (since(clock::now(), stroke.start) > FARTHEST) return tell(stroke.id, Outcome::limit);
    if (count == WAITING) return tell(stroke.id, Outcome::full);
    waiting[count++] = stroke;
}

void forget(uint8_t place) {
    if (!waiting[place].velocity) owns[waiting[place].own].taken = false;
    waiting[place] = waiting[--count];
}

void fill(Motion& motion, const Waiting& stroke) {
    motion.start = stroke.start;
    motion.motor = stroke.motor;
    motion.id = stroke.id;
    if (stroke.velocity) {
        touch::fill(motion, stroke.velocity);
        return;
    }
    const Own& own = owns[stroke.own];
    motion.count = own.count;
    for (uint8_t n = 0; n < own.count; ++n) motion.segments[n] = own.segments[n];
}

void hand_on(const Waiting& stroke) {
    Motion motion;
    fill(motion, stroke);
    // A note that is to be struck at once begins when all this is worked out, or its push would be cut short.
    const Ticks soon = clock::now() + SOON;
    if (stroke.id == Motion::NOBODY && since(motion.start, soon) > 0) motion.start = soon;
    if (!fits(motion)) return tell(stroke.id, Outcome::limit);
    if (budget::charge(motion)) return motors::load(motion);
    hot = stroke.motor + 1;
    tell(stroke.id, Outcome::hot);
}

// True when a stroke is done with: handed on, or never to be.
bool settle(const Waiting& stroke, Ticks now) {
    const bool idle = motors::idle(stroke.motor);
    if (since(stroke.start, now) > static_cast<int32_t>(tolerance)) {
        tell(stroke.id, idle ? Outcome::late : Outcome::busy);
        return true;
    }
    if (idle) hand_on(stroke);
    return idle;
}

// The earliest of its motor goes first, whatever the order of arrival.
bool is_first(uint8_t place) {
    for (uint8_t other = 0; other < count; ++other)
        if (waiting[other].motor == waiting[place].motor && since(waiting[other].start, waiting[place].start) > 0) return false;
    return true;
}

}  // namespace

namespace strokes {

void begin() {
    stop();
    const settings::Global global = settings::global();
    motors::begin({global.dead_time, global.max_on});
    tolerance = global.tolerance;
    latency = global.latency;
    max_on = global.max_on;
    driver::begin();
    there = 0;
    for (uint8_t number = 0; number < global.motors && number < MOTORS; ++number) {
        const settings::Motor motor = settings::motor(number);
        budget::begin(number, motor.on, motor.window);
        if (driver::wire(number, motor.wiring)) there |= 1 << number;
    }
    if (!driver::wire_enable(global.enable)) there = 0;
}

void note(uint8_t key, uint8_t velocity, Ticks now) {
    const uint8_t motor = settings::motor_of(key);
    if (motor == NO_MOTOR || !is_there(motor)) return;
    Ticks start = now;
    if (latency) {
        Motion motion;
        motion.motor = motor;
        const uint16_t lead = touch::fill(motion, velocity);
        if (latency > lead) start += latency - lead;
    }
    wait({start, motor, Motion::NOBODY, velocity, 0});
}

void stroke(uint8_t id, uint8_t motor, uint8_t velocity, Ticks start) {
    wait({start, motor, id, velocity ? velocity : uint8_t{1}, 0});
}

void motion(const Motion& motion) {
    for (uint8_t place = 0; place < OWN; ++place) {
        Own& own = owns[place];
        if (own.taken) continue;
        if (!is_there(motion.motor) || count == WAITING) break;
        if (since(clock::now(), motion.start) > FARTHEST) return tell(motion.id, Outcome::limit);
        own.taken = true;
        own.count = motion.count;
        for (uint8_t n = 0; n < motion.count; ++n) own.segments[n] = motion.segments[n];
        return wait({motion.start, motion.motor, motion.id, 0, place});
    }
    tell(motion.id, is_there(motion.motor) ? Outcome::full : Outcome::no_motor);
}

void advance(Ticks now) {
    for (uint8_t place = 0; place < count;) {
        if (is_first(place) && settle(waiting[place], now)) {
            forget(place);
            place = 0;  // another may be the first of its motor
        } else {
            ++place;
        }
    }
    uint8_t id;
    int16_t lateness;
    while (motors::take_begun(id, lateness)) {
        latest_start = now;
        begun = true;
        tell(id, Outcome::struck, lateness);
    }
    budget::roll(now);
}

void stop() {
    uint8_t id;
    int16_t lateness;
    while (motors::take_begun(id, lateness)) tell(id, Outcome::struck, lateness);
    for (uint8_t motor = 0; motor < MOTORS; ++motor)
        if (motors::take_pending(motor, id)) tell(id, Outcome::stopped);
    motors::stop_all();
    while (count) {
        tell(waiting[0].id, Outcome::stopped);
        forget(0);
    }
}

bool take_told(uint8_t& id, Outcome& outcome, int16_t& lateness) {
    if (!told_count) return false;
    id = told[0].id;
    outcome = told[0].outcome;
    lateness = told[0].lateness;
    --told_count;
    for (uint8_t n = 0; n < told_count; ++n) told[n] = told[n + 1];
    return true;
}

uint8_t wired() {
    uint8_t sum = 0;
    for (uint8_t bits = there; bits; bits >>= 1) sum += bits & 1;
    return sum;
}

bool idle() { return !count && !motors::any_busy(); }

Ticks latest() { return latest_start; }

bool any() { return begun; }

uint8_t take_hot() {
    const uint8_t was = hot;
    hot = 0;
    return was;
}

}  // namespace strokes
