#include "settings.h"

#include <avr/eeprom.h>
#include <avr/pgmspace.h>

#include "built_in.h"
#include "checksum.h"
#include "motion.h"

namespace {

// A bank: mark, generation, length and checksum (low byte first), then the image.
constexpr uint16_t HEAD = 6, BANK = 512;
constexpr uint8_t MARK = 0x4E, NO_MARK = 0x00;
constexpr uint16_t MAP = 12, FIRST_MOTOR = 76, MOTOR = 14, KNOT = 6;  // a motor's last byte counts its knots
static_assert(HEAD + settings::ROOM == BANK && 2 * BANK == E2END + 1, "two banks fill the EEPROM");

settings::Origin from = settings::Origin::built_in;
uint16_t crc_in_use;
uint16_t places[MOTORS];

enum class Job : uint8_t { none, piece, head, mark };

Job job = Job::none;
settings::Result result = settings::Result::none;
uint8_t bytes[settings::PIECE];
uint8_t count, done;
uint16_t place;
bool unmarked;

uint8_t* cell(uint16_t address) { return reinterpret_cast<uint8_t*>(address); }

uint16_t bank_of(settings::Origin origin) { return origin == settings::Origin::bank_b ? BANK : 0; }
uint16_t spare() { return from == settings::Origin::bank_a ? BANK : 0; }

uint8_t stored(uint16_t address) { return eeprom_read_byte(cell(address)); }
uint16_t stored_word(uint16_t address) { return stored(address) | static_cast<uint16_t>(stored(address + 1)) << 8; }

// The checksum of the image in a bank whose length is that.
uint16_t sum_of(uint16_t bank, uint16_t length) {
    uint16_t crc = 0;
    for (uint16_t n = 0; n < length; ++n) crc = crc16(crc, stored(bank + HEAD + n));
    return crc;
}

bool holds(uint16_t bank) {
    const uint16_t length = stored_word(bank + 2);
    return stored(bank) == MARK && length >= FIRST_MOTOR && length <= settings::ROOM &&
           sum_of(bank, length) == stored_word(bank + 4) && stored(bank + HEAD) == settings::VERSION;
}

uint8_t at(uint16_t offset) {
    if (from == settings::Origin::built_in) return pgm_read_byte(&BUILT_IN[offset]);
    return stored(bank_of(from) + HEAD + offset);
}

uint16_t word_at(uint16_t offset) { return at(offset) | static_cast<uint16_t>(at(offset + 1)) << 8; }

void find_motors() {
    uint16_t offset = FIRST_MOTOR;
    for (uint16_t& place : places) {
        place = offset;
        // Behind the last motor there may be anything.
        if (offset + MOTOR <= settings::ROOM) offset += MOTOR + KNOT * at(offset + MOTOR - 1);
    }
}

void begin_job(Job next, uint16_t address, uint8_t length) {
    job = next;
    place = address;
    count = length;
    done = 0;
}

}  // namespace

namespace settings {

void begin() {
    const bool a = holds(0), b = holds(BANK);
    // Generations go round; the later one is less than half a round ahead.
    const bool b_is_later = static_cast<int8_t>(stored(BANK + 1) - stored(1)) > 0;
    from = a && b ? (b_is_later ? Origin::bank_b : Origin::bank_a) : a ? Origin::bank_a : b ? Origin::bank_b : Origin::built_in;
    crc_in_use = from == Origin::built_in ? BUILT_IN_CRC : stored_word(bank_of(from) + 4);
    find_motors();
}

Origin origin() { return from; }
uint16_t checksum() { return crc_in_use; }

Global global() {
    return {at(0), at(1), word_at(2), word_at(4), word_at(6), word_at(8), at(10), at(11)};
}

Motor motor(uint8_t number) {
    const uint16_t p = places[number];
    return {{static_cast<Wiring::Kind>(at(p)), at(p + 1), at(p + 2), at(p + 3)},
            word_at(p + 4), word_at(p + 6), at(p + 8), word_at(p + 9), word_at(p + 11), at(p + 13)};
}

Knot knot(uint8_t number, uint8_t n) {
    const uint16_t p = places[number] + MOTOR + KNOT * n;
    return {at(p), word_at(p + 1), at(p + 3), word_at(p + 4)};
}

uint8_t motor_of(uint8_t key) {
    const uint8_t pair = at(MAP + key / 2);
    return key & 1 ? pair >> 4 : pair & 0x0F;
}

bool write(uint16_t offset, const uint8_t* piece, uint8_t length) {
    if (writing() || length > PIECE || offset + length > ROOM) return false;
    for (uint8_t n = 0; n < length; ++n) bytes[n] = piece[n];
    unmarked = false;
    begin_job(Job::piece, spare() + HEAD + offset, length);
    return true;
}

bool commit(uint16_t length, uint16_t checksum) {
    if (writing()) return false;
    if (length < FIRST_MOTOR || length > ROOM || sum_of(spare(), length) != checksum || stored(spare() + HEAD) != VERSION) {
        result = Result::corrupt;
        return true;
    }
    bytes[0] = from == Origin::built_in ? 1 : stored(bank_of(from) + 1) + 1;
    bytes[1] = static_cast<uint8_t>(length);
    bytes[2] = static_cast<uint8_t>(length >> 8);
    bytes[3] = static_cast<uint8_t>(checksum);
    bytes[4] = static_cast<uint8_t>(checksum >> 8);
    begin_job(Job::head, spare() + 1, 5);
    return true;
}

bool writing() { return job != Job::none; }

Result take_result() {
    const Result was = result;
    result = Result::none;
    return was;
}

void advance() {
    if (job == Job::none || !eeprom_is_ready()) return;
    // The mark goes before anything else of its bank does.
    if (job == Job::piece && !unmarked) {
        unmarked = true;
        if (stored(spare()) != NO_MARK) eeprom_write_byte(cell(spare()), NO_MARK);
        return;
    }
    if (done < count) {
        if (stored(place + done) != bytes[done]) eeprom_write_byte(cell(place + done), bytes[done]);
        ++done;
        return;
    }
    if (job == Job::head) {
        bytes[0] = MARK;
        begin_job(Job::mark, spare(), 1);
        return;
    }
    result = job == Job::mark ? Result::committed : Result::written;
    if (job == Job::mark) begin();
    job = Job::none;
}

}  // namespace settings
