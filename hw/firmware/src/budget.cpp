#include "budget.h"

namespace {

constexpr uint8_t PARTS = 25;  // 24 that make a window, and the one under way
constexpr uint8_t UNIT = 8;    // ticks, 32 us: a part holds 2.1 s of full duty

struct Account {
    uint32_t allowed;  // units
    uint32_t used;
    Ticks part_length;
    Ticks part_began;
    uint8_t part;
    uint16_t parts[PARTS];
};

Account accounts[MOTORS];

void turn(Account& account, Ticks now) {
    while (account.part_length && since(account.part_began, now) >= static_cast<int32_t>(account.part_length)) {
        account.part_began += account.part_length;
        account.part = account.part + 1 < PARTS ? account.part + 1 : 0;
        account.used -= account.parts[account.part];
        account.parts[account.part] = 0;
        if (!account.used) account.part_began = now;  // nothing is left to age
    }
}

uint16_t cost_of(const Motion& motion) {
    uint32_t sum = 0;
    for (uint8_t n = 0; n < motion.count; ++n) {
        const int16_t duty = motion.segments[n].duty;
        const uint16_t size = duty < 0 ? -duty : duty;
        // (duty + 1) / 256 instead of duty / 255: never less, and full duty is exact.
        if (size) sum += (motion.segments[n].ticks * static_cast<uint32_t>((size + 1) * (size + 1) - (size == 255))) >> 16;
    }
    return static_cast<uint16_t>(sum / UNIT + 1);
}

}  // namespace

namespace budget {

void begin(uint8_t motor, uint16_t on, uint16_t window) {
    Account& account = accounts[motor];
    const Ticks length = ticks_of_ms(window) / (PARTS - 1);
    if (length == account.part_length) {
        account.allowed = ticks_of_ms(on) / UNIT;  // the same window: what was driven still counts
        return;
    }
    const uint32_t used = account.used;
    account = Account();
    account.allowed = ticks_of_ms(on) / UNIT;
    account.part_length = length;
    // Another window: what was used counts as if it had been used just now.
    account.parts[0] = used > 0xFFFF ? 0xFFFF : static_cast<uint16_t>(used);
    account.used = account.parts[0];
}

bool charge(const Motion& motion) {
    Account& account = accounts[motion.motor];
    if (!account.part_length) return true;
    turn(account, motion.start + motion.length());
    const uint16_t cost = cost_of(motion);
    if (account.used + cost > account.allowed || account.parts[account.part] > 0xFFFF - cost) return false;
    account.parts[account.part] += cost;
    account.used += cost;
    return true;
}

void roll(Ticks now) {
    for (Account& account : accounts) turn(account, now);
}

uint8_t share(uint8_t motor) {
    const Account& account = accounts[motor];
    if (!account.allowed) return 0;
    const uint32_t share = account.used * 127 / account.allowed;
    return share > 127 ? 127 : static_cast<uint8_t>(share);
}

}  // namespace budget
