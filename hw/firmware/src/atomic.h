// No interrupt as long as one of these lives.
#pragma once

#include <avr/interrupt.h>
#include <avr/io.h>

class Atomic {
  public:
    Atomic() : flags_(SREG) { cli(); }
    ~Atomic() {
        asm volatile("" ::: "memory");  // nothing that was meant to be inside may move behind the end
        SREG = flags_;
    }
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

  private:
    uint8_t flags_;
};
