/* The witness of bench/freeze_witness.py for short standstills: asking every half millisecond, that one's Python takes
 * the processor from the striker for so long that it is what it is to witness. Here an asking takes a few microseconds.
 *
 *     freeze_witness FILE SLEEP NOTED
 *
 * As there, a line of FILE is a standstill: from, until (s, CLOCK_MONOTONIC), the processor. It has one thing more to
 * say: a line that ends in "slow" is a time in which the processor ran, but its caches held nothing. On a machine that
 * is shared with others there are such spells of some milliseconds, in which a program takes ten to twenty times as
 * long, whatever its priority; the system counts them as its own time. The measure is a walk through 16 KB that were
 * walked through just before: it is slow when it takes five times its median. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PRIORITY = 80, LINE = 64, LINES = 256, LEARNT = 999, SLOW = 5 };

static volatile unsigned char walked[LINES * LINE];

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(long long instant)
{
    const struct timespec until = {instant / 1000000000LL, instant % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static long long walk(void)
{
    const long long begun = now();
    for (int at = 0; at < LINES * LINE; at += LINE) {
        walked[(at * 37) % (LINES * LINE)]++; /* not in order, which a processor would foresee */
    }
    return now() - begun;
}

static int rising(const void *one, const void *other)
{
    const long long difference = *(const long long *)one - *(const long long *)other;
    return (difference > 0) - (difference < 0);
}

/* What a walk may take until it is slow. */
static long long learn(void)
{
    static long long taken[LEARNT];
    for (int walks = 0; walks < LEARNT; walks++) {
        taken[walks] = walk();
    }
    qsort(taken, LEARNT, sizeof taken[0], rising);
    return SLOW * taken[LEARNT / 2];
}

static int watch(int file, int processor, long long pause, long long noted)
{
    const pid_t parent = getppid();
    char line[80];
    cpu_set_t mine;
    CPU_ZERO(&mine);
    CPU_SET(processor, &mine);
    const struct sched_param priority = {.sched_priority = PRIORITY};
    if (sched_setaffinity(0, sizeof mine, &mine) || sched_setscheduler(0, SCHED_FIFO, &priority)
        || mlockall(MCL_CURRENT | MCL_FUTURE)) {
        return 1;
    }
    const long long slow = learn();
    while (getppid() == parent) {
        const long long due = now() + pause;
        sleep_until(due);
        const long long woken = now();
        if (woken - due > noted) {
            const int length = snprintf(line, sizeof line, "%.6f %.6f %d\n", due / 1e9, woken / 1e9, processor);
            if (write(file, line, length) != length) {
                return 1;
            }
        }
        walk();
        if (walk() > slow) {
            const int length = snprintf(line, sizeof line, "%.6f %.6f %d slow\n", (due - pause) / 1e9, now() / 1e9, processor);
            if (write(file, line, length) != length) {
                return 1;
            }
        }
    }
    return 0;
}

int main(int count, char **words)
{
    if (count != 4) {
        fprintf(stderr, "freeze_witness FILE SLEEP NOTED\n");
        return 2;
    }
    const int file = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0666);
    const long long pause = atof(words[2]) * 1e9, noted = atof(words[3]) * 1e9;
    cpu_set_t all;
    if (file < 0 || sched_getaffinity(0, sizeof all, &all)) {
        perror(words[1]);
        return 1;
    }
    int first = -1;
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &all)) {
            continue;
        }
        if (first < 0) {
            first = processor;
        } else if (fork() == 0) {
            return watch(file, processor, pause, noted);
        }
    }
    return watch(file, first, pause, noted);
}
