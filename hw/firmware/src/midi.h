// MIDI bytes to messages: running status, real-time bytes anywhere, system exclusive of bounded length.
//
// MIDI 1.0 Detailed Specification: a status byte ends what was under way; real-time bytes (F8 to FF) end nothing; system
// common (F1 to F7) clears the running status. A message that was torn is forgotten, never guessed.
#pragma once

#include <stdint.h>

// Who is told. A message's data bytes are complete.
class Listener {
  public:
    virtual void voice(uint8_t status, uint8_t first, uint8_t second) = 0;
    virtual void exclusive(const uint8_t* bytes, uint8_t count) = 0;  // without F0 and F7
    virtual void real_time(uint8_t status) = 0;

  protected:
    ~Listener() = default;
};

class MidiParser {
  public:
    static constexpr uint8_t LONGEST = 48;  // bytes of an exclusive message; a longer one is passed over

    explicit MidiParser(Listener& listener) : listener_(listener) {}

    void feed(uint8_t byte);

  private:
    void status(uint8_t byte);
    void data(uint8_t byte);

    Listener& listener_;
    uint8_t running_ = 0;   // 0: none, data bytes are passed over
    uint8_t wanted_ = 0;    // data bytes of a message with that status
    uint8_t have_ = 0;
    uint8_t first_ = 0;
    bool exclusive_ = false;
    uint8_t length_ = 0;    // LONGEST + 1: too long
    uint8_t bytes_[LONGEST];
};
