#include "strength.h"

#include <avr/io.h>

#include "atomic.h"
#include "clock.h"
#include "driver.h"
#include "motion.h"

namespace {

constexpr uint16_t GRACE = ticks_of_us(100);

struct Drive {
    uint8_t duty;  // 0: not driven
    uint8_t sum;
    uint16_t began;  // of the clock's low half: it is looked at far more often than that goes round
    uint16_t most;
};

Drive drives[MOTORS];
volatile uint8_t cut = 0;

}  // namespace

namespace strength {

void allow(uint8_t motor, uint16_t max_on) {
    const Atomic atomic;
    drives[motor].began = TCNT1;
    drives[motor].most = max_on + GRACE;
}

void begin(uint8_t motor, uint8_t duty) {
    drives[motor].duty = duty;
    drives[motor].sum = duty - 1;  // the first tick, which has begun, is counted
    clock::begin_ticking();
}

void end(uint8_t motor) { drives[motor].duty = 0; }

void end_all() {
    for (Drive& drive : drives) drive.duty = 0;
}

bool tick() {
    bool any = false;
    const uint16_t now = TCNT1;
    for (uint8_t motor = 0; motor < MOTORS; ++motor) {
        Drive& drive = drives[motor];
        if (!drive.duty) continue;
        any = true;
        if (static_cast<uint16_t>(now - drive.began) > drive.most) {
            drive.duty = 0;
            driver::coast(motor);
            driver::flush();
            if (cut < 255) ++cut;
        } else if (drive.duty < 255) {
            const uint8_t before = drive.sum;
            drive.sum += drive.duty;
            driver::line(motor, drive.sum < before);
        }
    }
    return any;
}

uint8_t cuts() { return cut; }

}  // namespace strength
