#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vg-guest.h"

size_t write_answer(char answer[ANSWER_SIZE], uint64_t sequence, uint64_t instance) {
  return (size_t)snprintf(answer, ANSWER_SIZE,
                          "VG1 %" PRIu64 " %016" PRIx64 " %" PRIu64 " %" PRIu64, sequence, instance,
                          monotonic_ns(), realtime_ns());
}

bool parse_request(const char *text, size_t length, uint64_t *sequence) {
  if (length > 0 && text[length - 1] == '\n') length--;
  return length > 4 && memcmp(text, "VG1 ", 4) == 0 && parse_number(text + 4, length - 4, sequence);
}
