// The strokes that wait for their instant, and what became of each.
#pragma once

#include "motion.h"

namespace strokes {

// Take in the settings in use; every motor coasts, and what waited is dropped.
void begin();

// Strike as soon as it can be, so that it sounds the settings' `latency` after `now` if its lead allows.
void note(uint8_t key, uint8_t velocity, Ticks now);

// A stroke by the settings, or a motion in numbers of its own, at its start.
void stroke(uint8_t id, uint8_t motor, uint8_t velocity, Ticks start);
void motion(const Motion& motion);

// Hand on what is due to motors at rest.
void advance(Ticks now);

// Everything stops and is told as stopped.
void stop();

// What became of a motion, once: lateness in ticks for one that was struck. False when there is nothing to tell.
bool take_told(uint8_t& id, Outcome& outcome, int16_t& lateness);

uint8_t wired();             // how many are wired
bool idle();                 // nothing moves and nothing waits
Ticks latest();              // when the latest stroke began
bool any();                  // whether one has begun since the start
uint8_t take_hot();          // the motor that rests because of its budget, from 1; 0 for none since the last time

}  // namespace strokes
