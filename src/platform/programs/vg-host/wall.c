#include <inttypes.h>

#include "vg-host.h"

enum { TRIES = 8 };

/* Less than this is doubt about the fit; more is a clock that was set. */
static const int64_t doubt_ns = 200000;

void fit_wall(struct wall *wall) {
  uint64_t shortest = UINT64_MAX;
  for (int i = 0; i < TRIES; i++) {
    const uint64_t before = monotonic_ns(), real = realtime_ns(), after = monotonic_ns();
    if (after - before >= shortest) continue;
    shortest = after - before;
    wall->ahead = (int64_t)(real - before - shortest / 2);
  }
}

int64_t refit_wall(struct wall *wall) {
  const uint64_t before = monotonic_ns(), real = realtime_ns();
  const int64_t rough = (int64_t)(real - before) - wall->ahead;
  if (rough > -doubt_ns && rough < doubt_ns) return 0;
  struct wall now = {0};
  fit_wall(&now);
  const int64_t set = now.ahead - wall->ahead;
  if (set > -doubt_ns && set < doubt_ns) return 0;
  *wall = now;
  return set;
}
