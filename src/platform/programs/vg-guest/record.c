#include <string.h>

#include "vg-guest.h"

static const char magic[8] = "VGWITN1";

/* FNV-1a: each step is invertible, so a record that differs in one byte never passes. */
static uint64_t checksum_of(const struct record *record) {
  struct record copy = *record;
  copy.checksum = 0;
  uint64_t hash = 0xcbf29ce484222325u;
  for (const unsigned char *byte = (unsigned char *)&copy; byte < (unsigned char *)(&copy + 1);
       byte++)
    hash = (hash ^ *byte) * 0x100000001b3u;
  return hash;
}

void make_record(struct record *record, uint64_t sequence, uint64_t instance) {
  memset(record, 0, sizeof *record);
  memcpy(record->magic, magic, sizeof magic);
  record->sequence = sequence;
  record->instance = instance;
  record->realtime = realtime_ns();
  /* Different in every sector and every record: sectors of two records never pass as one. */
  const size_t words = sizeof record->filler / sizeof *record->filler;
  for (size_t i = 0; i < words; i++)
    record->filler[i] = (sequence * RECORD_SIZE + i) * 0x9e3779b97f4a7c15u ^ instance;
  record->checksum = checksum_of(record);
}

enum record_state judge_record(const struct record *record) {
  static const struct record empty;
  if (memcmp(record, &empty, sizeof empty) == 0) return RECORD_EMPTY;
  if (memcmp(record->magic, magic, sizeof magic) != 0) return RECORD_CORRUPT;
  return checksum_of(record) == record->checksum ? RECORD_VALID : RECORD_CORRUPT;
}
