#include "midi.h"

namespace {

constexpr uint8_t EXCLUSIVE = 0xF0, QUARTER_FRAME = 0xF1, POSITION = 0xF2, SONG = 0xF3, END = 0xF7, REAL_TIME = 0xF8;

uint8_t data_bytes(uint8_t status) {
    if (status >= EXCLUSIVE) return status == POSITION ? 2 : status == QUARTER_FRAME || status == SONG ? 1 : 0;
    const uint8_t kind = status & 0xF0;
    return kind == 0xC0 || kind == 0xD0 ? 1 : 2;
}

}  // namespace

void MidiParser::feed(uint8_t byte) {
    if (byte >= REAL_TIME) listener_.real_time(byte);
    else if (byte & 0x80) status(byte);
    else data(byte);
}

void MidiParser::status(uint8_t byte) {
    if (byte == END && exclusive_ && length_ <= LONGEST) listener_.exclusive(bytes_, length_);
    exclusive_ = byte == EXCLUSIVE;
    length_ = 0;
    have_ = 0;
    wanted_ = data_bytes(byte);
    running_ = wanted_ ? byte : 0;
}

void MidiParser::data(uint8_t byte) {
    if (exclusive_) {
        if (length_ < LONGEST) bytes_[length_++] = byte;
        else length_ = LONGEST + 1;
        return;
    }
    if (!running_) return;
    if (++have_ < wanted_) {
        first_ = byte;
        return;
    }
    have_ = 0;
    if (running_ >= EXCLUSIVE) running_ = 0;  // system common: heard to its end, and of no use here
    else if (wanted_ == 1) listener_.voice(running_, byte, 0);
    else listener_.voice(running_, first_, byte);
}
