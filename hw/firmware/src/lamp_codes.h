// What the lamp can say, in hundredths of a second. Made by make_tables.py from appliance/status/codes.py.
#pragma once

#include <stdint.h>

constexpr uint8_t LONG = 80, BETWEEN_LONG = 40;
constexpr uint8_t BEFORE_SHORT = 90;
constexpr uint8_t SHORT = 20, BETWEEN_SHORT = 35;
constexpr uint8_t END = 200;

// A fault has flashes to count, `shorts` 0 for the number of a motor. A state has no long ones, but so many
// flashes of which the first is lit for on[0] and the others for on[1], each dark for `off`.
struct Code {
    uint8_t longs, shorts;
    uint8_t on[2], off;
};

constexpr Code READY = {0, 1, {180, 180}, 20};
constexpr Code ANSWERING = {0, 3, {180, 20}, 20};
constexpr Code PLAYER_DEAD = {1, 2, {0, 0}, 0};
constexpr Code PANIC_PRESSED = {2, 4, {0, 0}, 0};
constexpr Code STRIKER_FAULT = {2, 5, {0, 0}, 0};
constexpr Code MOTOR_HOT = {4, 0, {0, 0}, 0};
constexpr Code UNDER_VOLTAGE = {5, 1, {0, 0}, 0};
