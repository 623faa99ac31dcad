// No interrupt as long as one of these lives.
#pragma once

#include <avr/interrupt.h>
#include <avr/io.h>

class Atomic {
  public:
    Atomic() : flags_(SREG) { cli(); }
    ~Atomic() { SREG = flags_; }
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

  private:
    uint8_t flags_;
};
