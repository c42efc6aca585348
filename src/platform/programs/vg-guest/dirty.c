#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

#include "vg-guest.h"

enum { PAGE = 4096, WORDS = PAGE / 8, BATCH = 64 };

static const uint64_t second = 1000000000u, step = 1000000u, most_behind = 100000000u;

/* xorshift64* (Vigna 2016): cheap noise that no compressor shrinks. */
static uint64_t noise(void) {
  static uint64_t state = 0x9e3779b97f4a7c15u;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1du;
}

static void touch(volatile uint64_t *page, bool incompressible) {
  if (!incompressible) {
    page[0]++;
    return;
  }
  for (int i = 0; i < WORDS; i++) page[i] = noise();
}

int dirty(char **arguments) {
  uint64_t size = 0, rate = 0, seconds = UINT64_MAX;
  bool incompressible = false;
  parse_options("dirty", arguments,
                (const struct option_spec[]){
                    {.name = "--size", .number = &size},
                    {.name = "--rate", .number = &rate},
                    {.name = "--seconds", .number = &seconds},
                    {.name = "--incompressible", .flag = &incompressible},
                    {0},
                });
  const uint64_t pages = size / PAGE;
  if (pages == 0 || size > SIZE_MAX / 2)
    usage_error("dirty", "--size: expected at least %d bytes that memory can hold", PAGE);
  if (rate == 0) usage_error("dirty", "--rate: expected bytes per second above 0");

  uint64_t *memory =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("dirty", "memory", errno);
  /* Resident before the pacing starts: the first pass is no slower than the others. */
  for (uint64_t page = 0; page < pages; page++) touch(memory + page * WORDS, incompressible);

  const uint64_t begin = monotonic_ns();
  uint64_t origin = begin, next_line = begin + second;
  uint64_t done = 0, total = 0, reported = 0, last_line = begin;
  for (uint64_t lines = 0; lines < seconds;) {
    const uint64_t now = monotonic_ns();
    if (now >= next_line) {
      printf("vg-dirty seconds=%.3f rate=%.0f total=%" PRIu64 "\n", (double)(now - begin) / 1e9,
             (double)((total - reported) * PAGE) * 1e9 / (double)(now - last_line), total * PAGE);
      fflush(stdout);
      reported = total;
      last_line = now;
      next_line += (now - next_line) / second * second + second;
      lines++;
      continue;
    }
    /* `done` pages since `origin` are due to the rate. After a pause (a busy host, a migration) the
       origin moves on: the guest does not dirty in a burst what it missed. */
    const double behind =
        (double)(now - origin) - (double)done * PAGE * 1e9 / (double)rate;
    if (behind > (double)most_behind) {
      origin = now - most_behind;
      done = 0;
    } else if (behind <= 0) {
      sleep_until(now + step);
      continue;
    }
    for (int i = 0; i < BATCH; i++, done++, total++)
      touch(memory + total % pages * WORDS, incompressible);
  }
  return EXIT_GOOD;
}
