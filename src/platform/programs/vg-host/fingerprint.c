#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "carry.h"

/* SipHash-1-3 with 128 bits (Aumasson and Bernstein 2012): with a key that nobody knows, two blocks
   that differ are taken for one with a chance of 2^-128. */

static uint64_t key[2];

void draw_key(void) {
  if (getrandom(key, sizeof key, 0) != sizeof key) fail("carry", "no random numbers", errno);
}

#define ROTATE(x, by) ((x) << (by) | (x) >> (64 - (by)))
#define ROUND                                                        \
  do {                                                               \
    v0 += v1, v1 = ROTATE(v1, 13), v1 ^= v0, v0 = ROTATE(v0, 32);    \
    v2 += v3, v3 = ROTATE(v3, 16), v3 ^= v2;                         \
    v0 += v3, v3 = ROTATE(v3, 21), v3 ^= v0;                         \
    v2 += v1, v1 = ROTATE(v1, 17), v1 ^= v2, v2 = ROTATE(v2, 32);    \
  } while (0)

struct fingerprint fingerprint_of(const void *data, size_t length) {
  uint64_t v0 = key[0] ^ 0x736f6d6570736575u, v1 = key[1] ^ 0x646f72616e646f6du ^ 0xee;
  uint64_t v2 = key[0] ^ 0x6c7967656e657261u, v3 = key[1] ^ 0x7465646279746573u;
  const unsigned char *from = data;
  for (const unsigned char *end = from + length / 8 * 8; from < end; from += 8) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    v3 ^= word;
    ROUND;
    v0 ^= word;
  }
  uint64_t last = (uint64_t)length << 56;
  for (size_t i = 0; i < length % 8; i++) last |= (uint64_t)from[i] << (8 * i);
  v3 ^= last;
  ROUND;
  v0 ^= last;
  v2 ^= 0xee;
  ROUND;
  ROUND;
  ROUND;
  struct fingerprint made;
  made.half[0] = v0 ^ v1 ^ v2 ^ v3;
  v1 ^= 0xdd;
  ROUND;
  ROUND;
  ROUND;
  made.half[1] = v0 ^ v1 ^ v2 ^ v3;
  return made;
}
