#include <errno.h>
#include <time.h>

#include "shared.h"

static uint64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t monotonic_ns(void) { return read_clock(CLOCK_MONOTONIC); }
uint64_t realtime_ns(void) { return read_clock(CLOCK_REALTIME); }
uint64_t boottime_ns(void) { return read_clock(CLOCK_BOOTTIME); }

void sleep_until(uint64_t moment_ns) {
  struct timespec moment = {
      .tv_sec = (time_t)(moment_ns / 1000000000u),
      .tv_nsec = (long)(moment_ns % 1000000000u),
  };
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) == EINTR) continue;
}
