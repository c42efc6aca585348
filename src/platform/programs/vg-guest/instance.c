#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "vg-guest.h"

/* SplitMix64's finalizer (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

uint64_t new_instance(void) {
  uint64_t instance = 0;
  if (getrandom(&instance, sizeof instance, GRND_NONBLOCK) == sizeof instance) return instance;
  /* Early at boot the pool may not be ready, and waiting would add up to a second to the boot that
     is being measured. An identity needs to differ, not to be secret. */
  if (getrandom(&instance, sizeof instance, GRND_INSECURE) < 0) instance = 0;
  return mix(mix(mix(instance ^ realtime_ns()) ^ monotonic_ns()) ^ (uint64_t)getpid());
}

bool parse_instance(const char *text, uint64_t *instance) {
  if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16) return false;
  *instance = strtoull(text, NULL, 16);
  return true;
}
