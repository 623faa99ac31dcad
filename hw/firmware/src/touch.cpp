#include "touch.h"

#include "settings.h"

namespace {

// Between two values, `part` of `whole` of the way.
uint16_t between(uint16_t first, uint16_t second, uint8_t part, uint8_t whole) {
    const int32_t way = (static_cast<int32_t>(second) - first) * part;
    return static_cast<uint16_t>(first + (way + (way < 0 ? -whole : whole) / 2) / whole);
}

settings::Knot push(uint8_t number, uint8_t knots, uint8_t velocity) {
    settings::Knot softer = settings::knot(number, 0);
    for (uint8_t n = 1; n < knots; ++n) {
        const settings::Knot harder = settings::knot(number, n);
        if (velocity <= harder.velocity && harder.velocity > softer.velocity && velocity >= softer.velocity) {
            const uint8_t part = velocity - softer.velocity, whole = harder.velocity - softer.velocity;
            return {velocity, between(softer.forward, harder.forward, part, whole),
                    static_cast<uint8_t>(between(softer.duty, harder.duty, part, whole)),
                    between(softer.lead, harder.lead, part, whole)};
        }
        softer = harder;
    }
    return softer;
}

}  // namespace

namespace touch {

uint16_t fill(Motion& motion, uint8_t velocity) {
    const settings::Motor motor = settings::motor(motion.motor);
    const settings::Knot knot = push(motion.motor, motor.knots, velocity);
    const uint16_t flight = knot.lead > knot.forward ? knot.lead - knot.forward : 0;
    motion.segments[0] = {knot.forward, knot.duty};
    motion.segments[1] = {static_cast<uint16_t>(flight + motor.contact), 0};
    motion.segments[2] = {motor.back, static_cast<int16_t>(-motor.back_duty)};
    motion.count = 3;
    return knot.lead;
}

}  // namespace touch
