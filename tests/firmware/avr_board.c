/* A board in simavr: its serial line, its pins to the cycle, its EEPROM in a file, resets and power cuts.
 *
 *     avr_board MCU ELF EEPROM                 a script on stdin, what happened on stdout
 *     avr_board MCU ELF EEPROM LINK BOOT_US    in real time, a serial port at LINK, commands on stdin
 *
 * A line of a script is an instant in us and a command; in real time the command alone:
 *     rx HEX            bytes on the wire, one behind the other at 115200 baud
 *     reset CAUSE       CAUSE goes into MCUSR; with BOOT_US the bootloader's second follows
 *     power             cut and given again: memory is noise, an EEPROM byte that was being written too
 *     hang              the program stands still, interrupts off
 *     unplug US         the port goes away for so long
 *     deaf US           the chips on the I2C bus acknowledge nothing for so long
 *     plugless          the line is cut, but the board runs on
 *     end
 * What happened, a line each: CYCLE and
 *     PIN LEVEL         such as B3 1; after a reset all are inputs, which counts as low
 *     T HEX             a byte was sent
 *     R CAUSE           a reset
 *     I ADDRESS HEX     a transfer on the I2C bus has ended
 *     S ADDRESS         at the end: how deep the stack went
 *     X ...             a fault of the program: the simulator stopped
 * In real time the first line is CYCLE M NANOSECONDS: CLOCK_MONOTONIC at that cycle; cycles keep to it from then on.
 *
 * simavr 1.6 writes EEPROM at once and has no power to cut; both are made here: a byte takes 3.4 ms (ATmega328P data
 * sheet, 8.6.3), and one that is cut off is any byte.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_eeprom.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_twi.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>

enum {
    HZ = 16000000,
    BYTE = 1500, /* cycles: simavr's UART counts 11 bits at 117647 baud, so 94 % of what a line carries */
    EEPROM_WRITE = HZ / 10000 * 34,
    EECR = 0x3F, EEARL = 0x41, EEARH = 0x42, EEPE = 1, EEMPE = 2,
    MCUSR = 0x54,
    SPL = 0x5D,
    PORF = 1,
    WIRE = 1 << 20,
};

typedef uint64_t Cycle;

static avr_t *avr;
static const char *eeprom_path;
static int live;
static Cycle boot, held_until;

static void say(const char *what) { printf("%llu %s\n", (unsigned long long)avr->cycle, what); }

/* Noise, the same in each run. */
static uint32_t noise_state = 0x9E3779B9;
static uint8_t noise(void) {
    noise_state ^= noise_state << 13;
    noise_state ^= noise_state >> 17;
    noise_state ^= noise_state << 5;
    return noise_state >> 11;
}

/* The wire to the board: bytes with the cycle at which each begins. */
static struct { Cycle at; uint8_t byte; } wire[WIRE];
static unsigned wire_head, wire_tail;
static Cycle wire_free;

static void to_board(uint8_t byte, Cycle at) {
    if (wire_free > at) at = wire_free;
    wire_free = at + BYTE;
    wire[wire_head % WIRE].at = at;
    wire[wire_head++ % WIRE].byte = byte;
}

/* The wire from the board. */
static struct { Cycle at; uint8_t byte; } back[4096];
static unsigned back_head, back_tail;

static avr_irq_t *uart_in;

static void on_sent(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq, (void)param;
    char line[16];
    snprintf(line, sizeof line, "T %02x", value & 0xFF);
    if (!live) say(line);
    back[back_head % 4096].at = avr->cycle + BYTE;
    back[back_head++ % 4096].byte = value;
}

/* Pins. */
static uint8_t levels[8];

static void on_pin(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    const unsigned port = (uintptr_t)param >> 4, bit = (uintptr_t)param & 7;
    if ((levels[port] >> bit & 1) == (value & 1)) return;
    levels[port] ^= 1 << bit;
    printf("%llu %c%u %u\n", (unsigned long long)avr->cycle, 'A' + port, bit, value & 1);
}

/* The I2C bus: two chips that acknowledge everything. */
static avr_irq_t *twi_in;
static char transfer[256];
static unsigned transfer_length;
static Cycle deaf_until;

static void on_twi(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq, (void)param;
    avr_twi_msg_irq_t message = {.u.v = value};
    const unsigned condition = message.u.twi.msg;
    if (condition & TWI_COND_STOP) {
        if (transfer_length) say(transfer);
        transfer_length = 0;
        return;
    }
    const unsigned chip = message.u.twi.addr >> 1;
    if ((chip != 0x60 && chip != 0x61) || avr->cycle < deaf_until) return;
    if (condition & TWI_COND_START) transfer_length = sprintf(transfer, "I %02x ", chip);
    if (condition & TWI_COND_WRITE && transfer_length < sizeof transfer - 3)
        transfer_length += sprintf(transfer + transfer_length, "%02x", message.u.twi.data);
    avr_raise_irq(twi_in, avr_twi_irq_msg(TWI_COND_ACK, message.u.twi.addr, 1));
}

/* EEPROM that takes its time. */
static Cycle eeprom_began;
static uint16_t eeprom_address;
static int eeprom_writing;

static avr_cycle_count_t eeprom_done(avr_t *a, avr_cycle_count_t when, void *param) {
    (void)when, (void)param;
    a->data[EECR] &= ~(1 << EEPE);
    eeprom_writing = 0;
    return 0;
}

static void on_eecr(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
    (void)address, (void)param;
    if (!(value & 1 << EEPE)) return;
    eeprom_began = a->cycle;
    eeprom_address = a->data[EEARL] | a->data[EEARH] << 8;
    eeprom_writing = 1;
    a->data[EECR] |= 1 << EEPE;
    avr_cycle_timer_register(a, EEPROM_WRITE, eeprom_done, NULL);
}

static uint8_t *eeprom(uint32_t *size) {
    avr_eeprom_desc_t all = {.ee = NULL, .offset = 0, .size = 1};
    avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &all);
    *size = avr->e2end + 1;
    return all.ee;
}

static void keep_eeprom(void) {
    uint32_t size;
    uint8_t *bytes = eeprom(&size);
    FILE *file = fopen(eeprom_path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size) perror(eeprom_path), exit(1);
    fclose(file);
}

static void load_eeprom(void) {
    uint32_t size;
    uint8_t *bytes = eeprom(&size);
    FILE *file = fopen(eeprom_path, "rb");
    if (!file) return;
    if (fread(bytes, 1, size, file) != size) fprintf(stderr, "%s is short\n", eeprom_path);
    fclose(file);
}

/* Resets. */
static void (*core_reset)(avr_t *);
static int was_reset;

static void on_reset(avr_t *a) {
    if (core_reset) core_reset(a);
    was_reset = 1;
}

/* Pins of external interrupts that are low are looked at in each cycle else, though no interrupt is enabled: a board
 * that sleeps then takes a whole processor, and falls behind. */
static void poll_no_pins(void) {
    for (int n = 0; n < EXTINT_COUNT; n++)
        if (avr_extint_is_strict_lvl_trig(avr, n) > 0) avr_extint_set_strict_lvl_trig(avr, n, 0);
}

static void after_reset(void) {
    was_reset = 0;
    poll_no_pins();
    char line[16];
    snprintf(line, sizeof line, "R %u", avr->data[MCUSR]);
    say(line);
    memset(levels, 0, sizeof levels);
    eeprom_writing = 0;
    wire_tail = wire_head; /* what is on the wire now is lost */
}

static void reset(uint8_t cause) {
    avr_reset(avr);
    avr->data[MCUSR] = cause;
    for (int n = 0; n < 32; n++) avr->data[n] = 0; /* r2 as a bootloader would leave it: nothing to tell */
    after_reset();
    held_until = cause & 3 ? avr->cycle + boot : 0;
}

static void cut_power(void) {
    uint32_t size;
    uint8_t *bytes = eeprom(&size);
    if (eeprom_writing && avr->cycle - eeprom_began < EEPROM_WRITE && eeprom_address < size)
        bytes[eeprom_address] = noise();
    for (int n = avr->ioend + 1; n <= avr->ramend; n++) avr->data[n] = noise();
    keep_eeprom();
    reset(PORF);
}

static void hang(void) {
    const avr_flashaddr_t last = avr->flashend & ~1u;
    avr->flash[last - 1] = 0xFF; /* rjmp .-2, in the last word of the flash */
    avr->flash[last] = 0xCF;
    avr->flash[avr->flashend - 1] = 0xFF;
    avr->flash[avr->flashend] = 0xCF;
    avr->sreg[S_I] = 0;
    avr->pc = avr->flashend - 1;
}

/* The port of a board in real time. */
static int master = -1, slave = -1, cut_line;
static const char *link_path;
static Cycle plug_at;

static void plug(void) {
    struct termios raw;
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0 || grantpt(master) || unlockpt(master)) perror("pty"), exit(1);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.next", link_path);
    unlink(temporary);
    if (symlink(ptsname(master), temporary) || rename(temporary, link_path)) perror(link_path), exit(1);
    plug_at = 0;
}

static void unplug(Cycle cycles) {
    if (master < 0) return;
    unlink(link_path);
    close(slave);
    close(master);
    master = slave = -1;
    plug_at = avr->cycle + cycles;
}

/* 1 when it is the end. */
static int obey(char *command, Cycle now) {
    char *word = strtok(command, " \n"), *rest = strtok(NULL, " \n");
    if (!word) return 0;
    if (!strcmp(word, "end")) return 1;
    if (!strcmp(word, "rx") && rest) {
        unsigned byte;
        for (; sscanf(rest, "%2x", &byte) == 1; rest += 2) to_board(byte, now);
    } else if (!strcmp(word, "reset") && rest) reset(atoi(rest));
    else if (!strcmp(word, "power")) cut_power();
    else if (!strcmp(word, "hang")) hang();
    else if (!strcmp(word, "unplug") && rest) unplug(strtoull(rest, NULL, 10) * (HZ / 1000000));
    else if (!strcmp(word, "plugless")) cut_line = 1;
    else if (!strcmp(word, "deaf") && rest) deaf_until = avr->cycle + strtoull(rest, NULL, 10) * (HZ / 1000000);
    else fprintf(stderr, "what is %s?\n", word);
    return 0;
}

static avr_cycle_count_t nothing(avr_t *a, avr_cycle_count_t when, void *param) {
    (void)a, (void)when, (void)param;
    return 0;
}

static void no_sleep(avr_t *a, avr_cycle_count_t cycles) { (void)a, (void)cycles; }

static void feed(void) {
    while (wire_tail != wire_head && wire[wire_tail % WIRE].at <= avr->cycle) {
        const uint8_t byte = wire[wire_tail++ % WIRE].byte;
        if (avr->cycle >= held_until) avr_raise_irq(uart_in, byte);
    }
}

static unsigned deepest = 0xFFFF; /* the lowest address that the stack reached */

/* Run to a cycle; 0 when the program crashed. */
static int run_to(Cycle end) {
    while (avr->cycle < end) {
        feed();
        if (avr->cycle < held_until) { /* the bootloader's second: pins are inputs */
            avr->cycle = held_until < end ? held_until : end;
            continue;
        }
        Cycle next = end;
        if (wire_tail != wire_head && wire[wire_tail % WIRE].at < next) next = wire[wire_tail % WIRE].at;
        avr_cycle_timer_cancel(avr, nothing, NULL);
        if (next > avr->cycle) avr_cycle_timer_register(avr, next - avr->cycle, nothing, NULL);
        while (avr->cycle < next && !was_reset) {
            const int state = avr_run(avr);
            const unsigned sp = avr->data[SPL] | avr->data[SPL + 1] << 8;
            if (sp < deepest && sp > avr->ioend) deepest = sp;
            if (state == cpu_Crashed || state == cpu_Done) {
                say("X crashed");
                return 0;
            }
        }
        if (was_reset) after_reset();
    }
    return 1;
}

static void play_script(void) {
    static char line[1 << 20];
    while (fgets(line, sizeof line, stdin)) {
        char *rest;
        const Cycle at = strtoull(line, &rest, 10) * (HZ / 1000000);
        if (!run_to(at) || obey(rest, avr->cycle)) return;
    }
}

static uint64_t monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int read_commands(void) {
    static char text[4096];
    static unsigned length;
    const ssize_t count = read(0, text + length, sizeof text - 1 - length);
    if (count == 0) return 1;
    if (count < 0) return errno != EAGAIN;
    length += count;
    for (char *end; (end = memchr(text, '\n', length));) {
        *end = 0;
        const unsigned used = end + 1 - text;
        if (obey(text, avr->cycle)) return 1;
        memmove(text, text + used, length -= used);
    }
    return 0;
}

/* The cycle that belongs to this instant; the simulator is there or a little behind. */
static uint64_t began;
static Cycle real_cycle(void) { return (monotonic() - began) * (HZ / 1000000) / 1000; }

static void carry(void) {
    uint8_t bytes[256];
    const ssize_t count = master < 0 ? 0 : read(master, bytes, sizeof bytes);
    /* A simulator that is behind must not hand them over before they came. */
    const Cycle came = real_cycle();
    for (ssize_t n = 0; n < count; n++)
        if (!cut_line) to_board(bytes[n], came);
    for (; back_tail != back_head && back[back_tail % 4096].at <= avr->cycle; back_tail++)
        if (master >= 0 && !cut_line && write(master, &back[back_tail % 4096].byte, 1) < 0 && errno != EAGAIN) perror("write");
}

static void play_live(void) {
    began = monotonic() - avr->cycle * 1000 / (HZ / 1000000);
    printf("0 M %llu\n", (unsigned long long)began);
    plug();
    for (;;) {
        if (!run_to(real_cycle()) || read_commands()) return;
        if (plug_at && avr->cycle >= plug_at) plug();
        carry();
        fflush(stdout);
        struct pollfd files[] = {{.fd = 0, .events = POLLIN}, {.fd = master, .events = POLLIN}};
        const struct timespec wait = {.tv_nsec = 100000};
        ppoll(files, master < 0 ? 1 : 2, &wait, NULL);
    }
}

int main(int argc, char **argv) {
    if (argc != 4 && argc != 6) return fprintf(stderr, "avr_board MCU ELF EEPROM [LINK BOOT_US]\n"), 2;
    elf_firmware_t firmware = {0};
    if (elf_read_firmware(argv[2], &firmware)) return fprintf(stderr, "cannot read %s\n", argv[2]), 2;
    avr = avr_make_mcu_by_name(argv[1]);
    if (!avr) return fprintf(stderr, "no %s in simavr\n", argv[1]), 2;
    eeprom_path = argv[3];
    live = argc == 6;
    avr_init(avr);
    avr->frequency = firmware.frequency = HZ;
    avr->log = LOG_ERROR;
    firmware.eesize = 0;
    avr_load_firmware(avr, &firmware);
    avr->frequency = HZ;
    avr->sleep = no_sleep;
    core_reset = avr->reset;
    avr->reset = on_reset;
    load_eeprom();
    poll_no_pins();

    const char uart = strcmp(argv[1], "atmega32u4") ? '0' : '1';
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS(uart), &flags);
    uart_in = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ(uart), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ(uart), UART_IRQ_OUTPUT), on_sent, NULL);
    twi_in = avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_OUTPUT), on_twi, NULL);
    for (char port = 'B'; port <= 'F'; port++)
        for (unsigned bit = 0; bit < 8; bit++) {
            avr_irq_t *pin = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), IOPORT_IRQ_PIN0 + bit);
            if (pin) avr_irq_register_notify(pin, on_pin, (void *)(uintptr_t)((port - 'A') << 4 | bit));
        }
    avr_register_io_write(avr, EECR, on_eecr, NULL);

    if (live) {
        link_path = argv[4];
        boot = strtoull(argv[5], NULL, 10) * (HZ / 1000000);
        fcntl(0, F_SETFL, O_NONBLOCK);
        const struct sched_param priority = {.sched_priority = 60};
        sched_setscheduler(0, SCHED_FIFO, &priority); /* where it is granted: else it may fall behind */
        setvbuf(stdout, NULL, _IOFBF, 1 << 16);
        reset(PORF);
        play_live();
        if (master >= 0) unlink(link_path);
    } else {
        was_reset = 0;
        play_script();
    }
    char line[16];
    snprintf(line, sizeof line, "S %u", deepest);
    say(line);
    keep_eeprom();
    return 0;
}
