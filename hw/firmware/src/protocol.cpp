#include "protocol.h"

#include "board.h"
#include "budget.h"
#include "checksum.h"
#include "clock.h"
#include "driver.h"
#include "reset_cause.h"
#include "settings.h"
#include "strength.h"
#include "strokes.h"
#include "version.h"
#include "wire.h"

namespace {

constexpr uint8_t NON_COMMERCIAL = 0x7D, GHOSTNOTE = 0x47;
constexpr uint8_t UNIVERSAL = 0x7E, GENERAL = 0x06, IDENTITY_REQUEST = 0x01, IDENTITY_REPLY = 0x02, ALL_DEVICES = 0x7F;

enum Request : uint8_t { ASK_HELLO = 1, ASK_CLOCK, STROKE, MOTION, ASK_STATUS, PANIC, WRITE, COMMIT };
enum Reply : uint8_t { HELLO = 0x41, CLOCK, DONE, STATUS, WROTE };

constexpr uint8_t LONGEST_REPLY = 24;

uint8_t bad = 0;
bool panic_asked = false;
uint16_t write_offset = 0;

// A message on its way: checked as it goes. There must be room for it.
class Saying {
  public:
    explicit Saying(Reply reply) {
        wire::write(0xF0);
        wire::write(NON_COMMERCIAL);
        wire::write(GHOSTNOTE);
        put(reply);
    }
    ~Saying() {
        wire::write(crc_);
        wire::write(0xF7);
    }
    void put(uint8_t byte) {
        crc_ = crc7(crc_, byte & 0x7F);
        wire::write(byte & 0x7F);
    }
    // The low bits first, seven in a byte.
    void put(uint32_t number, uint8_t bytes) {
        for (; bytes; --bytes, number >>= 7) put(static_cast<uint8_t>(number));
    }

  private:
    uint8_t crc_ = 0;
};

bool has_room() { return wire::room() >= LONGEST_REPLY; }

uint32_t number(const uint8_t* bytes, uint8_t count) {
    uint32_t sum = 0;
    while (count--) sum = sum << 7 | bytes[count];
    return sum;
}

// The wire has the low 28 bits of an instant, 18 minutes: it is the nearest to now that ends so.
Ticks instant(const uint8_t* bytes) {
    const Ticks now = clock::now();
    const int32_t ahead = static_cast<int32_t>((number(bytes, 4) - now) << 4) >> 4;
    return now + ahead;
}

void identity() {
    const uint8_t reply[] = {0xF0, UNIVERSAL, ALL_DEVICES, GENERAL, IDENTITY_REPLY, NON_COMMERCIAL,
                             GHOSTNOTE, 0, BOARD_MCU, driver::NUMBER,
                             VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH, protocol::VERSION, 0xF7};
    for (const uint8_t byte : reply) wire::write(byte);
}

void say_clock(uint8_t sequence) {
    const Ticks came = wire::end_of_message();
    Saying saying(CLOCK);
    saying.put(sequence);
    saying.put(came, 5);
}

void say_status() {
    Saying saying(STATUS);
    saying.put(strokes::idle());
    saying.put(bad);
    saying.put(wire::overruns());
    saying.put(strength::cuts());
    saying.put(strokes::wired());
    for (uint8_t motor = 0; motor < MOTORS; ++motor) saying.put(budget::share(motor));
}

void take_motion(const uint8_t* bytes, uint8_t count) {
    Motion motion;
    motion.id = bytes[0];
    motion.motor = bytes[1];
    motion.start = instant(bytes + 2);
    motion.count = (count - 6) / 5;
    for (uint8_t n = 0; n < motion.count; ++n) {
        const uint8_t* segment = bytes + 6 + 5 * n;
        const uint16_t duty = static_cast<uint16_t>(number(segment + 3, 2));
        const int16_t size = duty & 0xFF;
        motion.segments[n] = {static_cast<uint16_t>(number(segment, 3)), static_cast<int16_t>(duty & 0x100 ? -size : size)};
    }
    strokes::motion(motion);
}

// Eight bits in seven: of each seven bytes their top bits come first, in one.
uint8_t unpack(const uint8_t* packed, uint8_t count, uint8_t* bytes) {
    uint8_t tops = 0, written = 0;
    for (uint8_t n = 0; n < count; ++n) {
        if (n % 8 == 0) tops = packed[n];
        else if (written < settings::PIECE) bytes[written++] = packed[n] | (tops >> (n % 8 - 1) & 1) << 7;
    }
    return written;
}

void say_wrote(uint8_t result) {
    Saying saying(WROTE);
    saying.put(result);
    saying.put(write_offset, 2);
    saying.put(settings::checksum(), 3);
}

void take_piece(const uint8_t* bytes, uint8_t count) {
    uint8_t piece[settings::PIECE];
    write_offset = static_cast<uint16_t>(number(bytes, 2));
    strokes::stop();
    if (!settings::write(write_offset, piece, unpack(bytes + 2, count - 2, piece)))
        say_wrote(static_cast<uint8_t>(settings::Result::refused));
}

void take_commit(const uint8_t* bytes) {
    write_offset = 0;
    strokes::stop();
    if (!settings::commit(static_cast<uint16_t>(number(bytes, 2)), static_cast<uint16_t>(number(bytes + 2, 3))))
        say_wrote(static_cast<uint8_t>(settings::Result::refused));
}

// `bytes` are the parameters of a request.
void obey(uint8_t request, const uint8_t* bytes, uint8_t count) {
    if (request == ASK_CLOCK && count == 1) return say_clock(bytes[0]);
    if (request == ASK_HELLO && count == 0) return protocol::hello(true);
    if (request == ASK_STATUS && count == 0) return say_status();
    if (request == PANIC && count == 0) {
        panic_asked = true;
        return;
    }
    if (request == WRITE && count > 3) return take_piece(bytes, count);
    if (request == COMMIT && count == 5) return take_commit(bytes);
    // Strokes are read from the settings, which cannot be read while they are written.
    if (settings::writing()) return;
    if (request == STROKE && count == 7) return strokes::stroke(bytes[0], bytes[1], bytes[2], instant(bytes + 3));
    if (request == MOTION && count > 6 && (count - 6) % 5 == 0 && count <= 6 + 5 * SEGMENTS) take_motion(bytes, count);
}

}  // namespace

namespace protocol {

void receive(const uint8_t* bytes, uint8_t count) {
    if (!has_room()) return;  // nobody reads what is said: it is asked again
    if (count == 4 && bytes[0] == UNIVERSAL && bytes[2] == GENERAL && bytes[3] == IDENTITY_REQUEST) return identity();
    if (count < 4 || bytes[0] != NON_COMMERCIAL || bytes[1] != GHOSTNOTE) return;
    uint8_t crc = 0;
    for (uint8_t n = 2; n + 1 < count; ++n) crc = crc7(crc, bytes[n]);
    if (crc == bytes[count - 1]) obey(bytes[2], bytes + 3, count - 4);
    else if (bad < 127) ++bad;
}

void advance() {
    uint8_t id;
    Outcome outcome;
    int16_t lateness;
    while (has_room() && strokes::take_told(id, outcome, lateness)) {
        Saying saying(DONE);
        saying.put(id);
        saying.put(static_cast<uint8_t>(outcome));
        saying.put(static_cast<uint32_t>(static_cast<int32_t>(lateness)), 3);
    }
    if (!has_room()) return;
    const settings::Result result = settings::take_result();
    if (result == settings::Result::none) return;
    if (result == settings::Result::committed) strokes::begin();
    say_wrote(static_cast<uint8_t>(result));
}

void hello(bool asked) {
    Saying saying(HELLO);
    saying.put(VERSION);
    saying.put(asked);
    saying.put(VERSION_MAJOR);
    saying.put(VERSION_MINOR);
    saying.put(VERSION_PATCH);
    saying.put(BOARD_MCU);
    saying.put(driver::NUMBER);
    saying.put(reset_cause::flags());
    saying.put(reset_cause::resets());
    saying.put(static_cast<uint8_t>(settings::origin()));
    saying.put(settings::checksum(), 3);
}

uint8_t garbled() { return bad; }

bool take_panic() {
    const bool was = panic_asked;
    panic_asked = false;
    return was;
}

}  // namespace protocol
