#include "vg-guest.h"

static uint64_t each_ns, most_waiting_ns, busy_until;

void bound_service(uint64_t rate, uint64_t backlog_ms) {
  each_ns = rate == 0 ? 0 : 1000000000u / rate;
  most_waiting_ns = backlog_ms * 1000000u;
}

bool bound_take(uint64_t *due) {
  *due = 0;
  if (each_ns == 0) return true;
  const uint64_t now = monotonic_ns();
  if (busy_until < now) busy_until = now;
  if (busy_until - now > most_waiting_ns) return false;
  *due = busy_until += each_ns;
  return true;
}
