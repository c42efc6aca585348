#include <inttypes.h>

#include "vg-host.h"

static const uint64_t second = 1000000000u, lead = 20000000u;

struct schedule make_schedule(const char *command, uint64_t rate, uint64_t most) {
  if (rate == 0 || rate > most)
    usage_error(command, "--rate: expected 1 to %" PRIu64 " requests a second", most);
  return (struct schedule){.origin = monotonic_ns() + lead, .rate = rate};
}

uint64_t due_at(const struct schedule *schedule, uint64_t sequence) {
  return schedule->origin + sequence / schedule->rate * second +
         sequence % schedule->rate * second / schedule->rate;
}
