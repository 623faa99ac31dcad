// What differs between the microcontrollers: the lamp's pin, the serial port, and which pin has which number.
#pragma once

#include <avr/io.h>
#include <avr/pgmspace.h>
#include <stdint.h>

#if F_CPU != 16000000UL
#error "the clocks here are counted for 16 MHz"
#endif

// A pin as Arduino numbers it (A0 is 14 on an Uno, 18 on a Leonardo): its PORT register and its bit.
struct Pin {
    uint8_t port;  // data-space address; DDR is one below (data sheets, "Register Summary")
    uint8_t mask;
};

#if defined(__AVR_ATmega328P__)

#define BOARD_MCU 0
#define LAMP_DDR DDRB
#define LAMP_PORT PORTB
#define LAMP_BIT 5
#define SERIAL_RX_vect USART_RX_vect
#define SERIAL_UDRE_vect USART_UDRE_vect
#define SERIAL_UDR UDR0
#define SERIAL_UCSRA UCSR0A
#define SERIAL_UCSRB UCSR0B
#define SERIAL_UCSRC UCSR0C
#define SERIAL_UBRR UBRR0

constexpr uint8_t PIN_COUNT = 20;
constexpr uint8_t PIN_LAMP = 13;

// ATmega328P on an Uno or Nano: D0-D7 are PORTD, D8-D13 PORTB, A0-A5 PORTC (arduino.cc, Uno pinout).
inline Pin pin(uint8_t number) {
    if (number < 8) return {_SFR_MEM_ADDR(PORTD), static_cast<uint8_t>(1 << number)};
    if (number < 14) return {_SFR_MEM_ADDR(PORTB), static_cast<uint8_t>(1 << (number - 8))};
    return {_SFR_MEM_ADDR(PORTC), static_cast<uint8_t>(1 << (number - 14))};
}

#elif defined(__AVR_ATmega32U4__)

#define BOARD_MCU 1
#define LAMP_DDR DDRC
#define LAMP_PORT PORTC
#define LAMP_BIT 7
#define SERIAL_RX_vect USART1_RX_vect
#define SERIAL_UDRE_vect USART1_UDRE_vect
#define SERIAL_UDR UDR1
#define SERIAL_UCSRA UCSR1A
#define SERIAL_UCSRB UCSR1B
#define SERIAL_UCSRC UCSR1C
#define SERIAL_UBRR UBRR1

constexpr uint8_t PIN_COUNT = 24;
constexpr uint8_t PIN_LAMP = 13;

#define AT(PORT, BIT) {_SFR_MEM_ADDR(PORT), 1 << (BIT)}

// ATmega32U4 on a Leonardo or Micro; A0-A5 are 18-23, and 14-17 are on the ICSP header (arduino.cc, Leonardo pinout).
const Pin LEONARDO[] PROGMEM = {
    AT(PORTD, 2), AT(PORTD, 3), AT(PORTD, 1), AT(PORTD, 0), AT(PORTD, 4), AT(PORTC, 6), AT(PORTD, 7), AT(PORTE, 6),
    AT(PORTB, 4), AT(PORTB, 5), AT(PORTB, 6), AT(PORTB, 7), AT(PORTD, 6), AT(PORTC, 7), AT(PORTB, 3), AT(PORTB, 1),
    AT(PORTB, 2), AT(PORTB, 0), AT(PORTF, 7), AT(PORTF, 6), AT(PORTF, 5), AT(PORTF, 4), AT(PORTF, 1), AT(PORTF, 0),
};

#undef AT

inline Pin pin(uint8_t number) {
    const uint16_t word = pgm_read_word(&LEONARDO[number]);
    return {static_cast<uint8_t>(word), static_cast<uint8_t>(word >> 8)};
}

#else
#error "this firmware is for an ATmega328P or an ATmega32U4"
#endif

// 0 and 1 are the serial line; the bootloader blinks the lamp's pin: a motor there would move at each reset.
constexpr bool drives_motors(uint8_t number) { return number >= 2 && number < PIN_COUNT && number != PIN_LAMP; }

inline volatile uint8_t* port_of(Pin pin) { return reinterpret_cast<volatile uint8_t*>(static_cast<uint16_t>(pin.port)); }
inline volatile uint8_t* ddr_of(Pin pin) { return port_of(pin) - 1; }
