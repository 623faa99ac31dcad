// The two checksums: 7 bits for a message, 16 for the settings.
#pragma once

#include <stdint.h>

// CRC-7 with the polynomial x^7 + x^3 + 1, as in the commands of an SD card (SD Physical Layer Specification, 4.5).
inline uint8_t crc7(uint8_t crc, uint8_t byte) {
    for (uint8_t bit = 0x80; bit; bit >>= 1) {
        const bool top = ((crc & 0x40) != 0) != ((byte & bit) != 0);
        crc = (crc << 1) & 0x7F;
        if (top) crc ^= 0x09;
    }
    return crc;
}

// CRC-16/XMODEM: polynomial 1021 hex, from 0.
inline uint16_t crc16(uint16_t crc, uint8_t byte) {
    crc ^= static_cast<uint16_t>(byte) << 8;
    for (uint8_t bit = 0; bit < 8; ++bit) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    return crc;
}
