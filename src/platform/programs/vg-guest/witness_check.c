#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vg-guest.h"

enum { LISTED = 1000, CHUNK = 256 };

/* What a slot holds: the number of its valid record, or one of these. */
static const uint64_t nothing = 0, corrupt = UINT64_MAX;

/* Bytes behind the end of the file read as zeros: a file that lost its tail is checked like any. */
static void read_records(const struct target *target, struct record *records, uint64_t first,
                         size_t count) {
  const size_t size = count * sizeof *records;
  memset(records, 0, size);
  for (size_t got = 0; got < size;) {
    const ssize_t part = pread(target->fd, (char *)records + got, size - got,
                               (off_t)(target->offset + first * RECORD_SIZE + got));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) fail(target->command, target->path, errno);
    got += (size_t)part;
    /* O_DIRECT cannot go on from an unaligned place: the file ends there. */
    if (part == 0 || part % 512 != 0) return;
  }
}

static uint64_t number_of(const struct record *record, uint64_t slot, const struct target *target,
                          const uint64_t *instance) {
  switch (judge_record(record)) {
    case RECORD_EMPTY:
      return nothing;
    case RECORD_CORRUPT:
      return corrupt;
    case RECORD_VALID:
      if (instance && record->instance != *instance) return nothing;
      /* A whole record in the wrong place is damage too. */
      return record->sequence % target->slots == slot ? record->sequence : corrupt;
  }
  return corrupt;
}

static uint64_t *read_slots(const struct target *target, const uint64_t *instance) {
  uint64_t *slots = calloc(target->slots, sizeof *slots);
  if (!slots) fail(target->command, "memory", ENOMEM);
  struct record *records = aligned_memory(CHUNK * sizeof *records);
  for (uint64_t first = 0; first < target->slots; first += CHUNK) {
    const uint64_t left = target->slots - first;
    const size_t count = left < CHUNK ? (size_t)left : CHUNK;
    read_records(target, records, first, count);
    for (size_t i = 0; i < count; i++)
      slots[first + i] = number_of(records + i, first + i, target, instance);
  }
  free(records);
  return slots;
}

struct list {
  uint64_t count;
  uint64_t numbers[LISTED];
};

static void add(struct list *list, uint64_t number) {
  if (list->count < LISTED) list->numbers[list->count] = number;
  list->count++;
}

static void print_list(const char *name, const struct list *list) {
  printf("\"%s\":[", name);
  for (uint64_t i = 0; i < list->count && i < LISTED; i++)
    printf("%s%" PRIu64, i ? "," : "", list->numbers[i]);
  printf("],\"%sCount\":%" PRIu64, name, list->count);
}

int witness_check(char **arguments) {
  const char *path = NULL, *instance_text = NULL;
  uint64_t bytes = 0, offset = 0, start = 1, acknowledged = UINT64_MAX;
  bool copy = false;
  parse_options("witness-check", arguments,
                (const struct option_spec[]){
                    {.name = "--file", .string = &path},
                    {.name = "--bytes", .number = &bytes},
                    {.name = "--offset", .number = &offset},
                    {.name = "--start", .number = &start},
                    {.name = "--acknowledged", .number = &acknowledged},
                    {.name = "--instance", .string = &instance_text},
                    {.name = "--copy", .flag = &copy},
                    {0},
                });
  if (start == 0) usage_error("witness-check", "--start: expected a number above 0");
  if (acknowledged == UINT64_MAX)
    usage_error("witness-check", "expected --acknowledged N, the last number acknowledged (or 0)");
  uint64_t instance;
  if (instance_text && !parse_instance(instance_text, &instance))
    usage_error("witness-check", "--instance: expected 16 hex digits, got \"%s\"", instance_text);
  struct target target;
  open_target(&target, "witness-check", path, offset, bytes, copy ? ACCESS_READ_COPY : ACCESS_READ);
  uint64_t *slots = read_slots(&target, instance_text ? &instance : NULL);

  uint64_t highest = 0;
  for (uint64_t slot = 0; slot < target.slots; slot++)
    if (slots[slot] != corrupt && slots[slot] > highest) highest = slots[slot];
  const uint64_t top = highest > acknowledged ? highest : acknowledged;

  /* The slots hold the last numbers up to `top`. Every one was written and synced before the next
     was begun, so each must be there, acknowledged or not. The one exception: the write after `top`
     may have been under way, and it overwrites the oldest of them. */
  uint64_t from = top >= target.slots ? top - target.slots + 1 : 1;
  if (from < start) from = start;
  const uint64_t next_slot = (top + 1) % target.slots;
  const bool torn = slots[next_slot] == corrupt;
  if (torn && from <= top && from % target.slots == next_slot) from++;

  static struct list missing, damaged;
  uint64_t contiguous = from - 1, missing_acknowledged = 0;
  for (uint64_t number = from; number <= top; number++) {
    const uint64_t held = slots[number % target.slots];
    if (held == number) {
      if (missing.count == 0) contiguous = number;
      continue;
    }
    add(&missing, number);
    if (held == corrupt) add(&damaged, number);
    if (number <= acknowledged) missing_acknowledged++;
  }
  printf("{\"acknowledged\":%" PRIu64 ",\"slots\":%" PRIu64 ",\"from\":%" PRIu64
         ",\"highest\":%" PRIu64 ",\"contiguous\":%" PRIu64 ",",
         acknowledged, target.slots, from, highest, contiguous);
  print_list("missing", &missing);
  printf(",\"missingAcknowledgedCount\":%" PRIu64 ",", missing_acknowledged);
  print_list("corrupt", &damaged);
  printf(",\"torn\":%s}\n", torn ? "true" : "false");
  return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FAILED;
}
