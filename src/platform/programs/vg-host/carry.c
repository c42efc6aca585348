#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "carry.h"

/* What was written since the last pass began; the kernel is asked for it all the while, as it keeps
   only so much. */
static struct {
  pthread_mutex_t lock;
  struct disk_map map;
  struct block_trace trace;
  uint32_t block;
  bool traced; /* by the kernel, else nothing is known */
  bool lost;   /* something was written that is not in the map */
} written = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct carried carried;

static const uint64_t drain_ns = 50000000, look_ns = 500000000;

static void note(void *context, uint64_t sector, uint64_t sectors) {
  (void)context;
  const uint64_t first = sector * 512 / written.block;
  const uint64_t last = ((sector + sectors) * 512 - 1) / written.block;
  map_set(&written.map, first, last - first + 1);
}

static void drain(void) {
  if (written.traced && !read_trace(&written.trace, note, NULL)) written.lost = true;
}

static void *drain_for_ever(void *nothing) {
  for (;;) {
    pthread_mutex_lock(&written.lock);
    drain();
    pthread_mutex_unlock(&written.lock);
    sleep_until(monotonic_ns() + drain_ns);
  }
  return nothing;
}

/* A trace that is left behind would keep others from tracing. */
static void end_trace(void) {
  if (written.traced) stop_trace(&written.trace);
}

static void end_by_signal(int number) {
  (void)number;
  end_trace();
  _exit(EXIT_FAILED);
}

static void say_progress(const struct carried *now) {
  static uint64_t last;
  const uint64_t at = monotonic_ns();
  if (at - last < look_ns) return;
  last = at;
  printf("{\"event\":\"progress\",\"read\":%llu,\"sent\":%llu,\"left\":%llu}\n",
         (unsigned long long)now->read, (unsigned long long)now->sent,
         (unsigned long long)(now->todo.set * now->block));
  fflush(stdout);
}

/* Makes what was written until now that which is to do. */
static bool take_written(bool *whole) {
  pthread_mutex_lock(&written.lock);
  drain();
  *whole = written.lost;
  if (written.lost) {
    map_set(&carried.todo, 0, carried.todo.blocks);
  } else {
    for (uint64_t at = 0; (at = map_next(&written.map, at, true)) < written.map.blocks;) {
      const uint64_t end = map_next(&written.map, at, false);
      map_set(&carried.todo, at, end - at);
      at = end;
    }
  }
  map_clear(&written.map, 0, written.map.blocks);
  /* Without a trace it is so for ever. */
  written.lost = written.lost && !written.traced;
  pthread_mutex_unlock(&written.lock);
  return true;
}

static bool pass(void) {
  bool whole;
  take_written(&whole);
  carried.read = carried.sent = 0;
  const uint64_t todo = carried.todo.set, begun = monotonic_ns();
  const char *why = carry_over(&carried, say_progress);
  if (why) {
    fprintf(stderr, "vg-host carry: %s\n", why);
    return false;
  }
  const double seconds = (double)(monotonic_ns() - begun) / 1e9;
  pthread_mutex_lock(&written.lock);
  drain();
  printf("{\"event\":\"pass\",\"whole\":%s,\"read\":%llu,\"sent\":%llu,\"seconds\":%.6f,"
         "\"rest\":%llu,\"lost\":%s}\n",
         whole || todo == carried.todo.blocks ? "true" : "false",
         (unsigned long long)carried.read, (unsigned long long)carried.sent, seconds,
         (unsigned long long)(written.map.set * written.block), written.lost ? "true" : "false");
  pthread_mutex_unlock(&written.lock);
  return true;
}

/* What is not on the other host yet, in bytes of the disk. */
static void tell_map(void) {
  bool whole;
  take_written(&whole);
  printf("{\"event\":\"map\",\"known\":%s,\"ranges\":[", whole ? "false" : "true");
  const char *between = "";
  for (uint64_t at = 0; !whole && (at = map_next(&carried.todo, at, true)) < carried.todo.blocks;) {
    const uint64_t end = map_next(&carried.todo, at, false);
    uint64_t last = end * carried.block;
    if (last > carried.size) last = carried.size;
    printf("%s[%llu,%llu]", between, (unsigned long long)(at * carried.block),
           (unsigned long long)(last - at * carried.block));
    between = ",";
    at = end;
  }
  printf("]}\n");
}

static bool obey(char *line) {
  unsigned long long offset, bytes;
  line[strcspn(line, "\n")] = 0;
  if (strcmp(line, "pass") == 0) return pass();
  if (strcmp(line, "map") == 0) {
    tell_map();
    return true;
  }
  if (sscanf(line, "mark %llu %llu", &offset, &bytes) == 2) {
    const uint64_t first = offset / carried.block, last = (offset + bytes + carried.block - 1);
    map_set(&carried.todo, first, last / carried.block - first);
    return true;
  }
  fprintf(stderr, "vg-host carry: expected pass, map or mark OFFSET BYTES, got %s\n", line);
  return false;
}

int carry(char **arguments) {
  const char *disk = NULL, *to = NULL, *name = NULL;
  uint64_t buffer = 128 << 10, buffers = 8;
  bool listed = false, blind = false;
  const struct option_spec options[] = {
      {.name = "--disk", .string = &disk},       {.name = "--to", .string = &to},
      {.name = "--export", .string = &name},     {.name = "--buffer", .number = &buffer},
      {.name = "--buffers", .number = &buffers}, {.name = "--listed", .flag = &listed},
      {.name = "--blind", .flag = &blind},       {.name = NULL},
  };
  parse_options("carry", arguments, options);
  if (!disk || !to || !name) usage_error("carry", "expected --disk, --to and --export");
  static union address address;
  carried.to_size = parse_address(to, &address);
  if (carried.to_size == 0) usage_error("carry", "--to: expected an address and a port, got %s", to);
  carried.to = &address;
  carried.name = name;
  draw_key();
  open_carried(&carried, disk, !listed);
  written.block = carried.block;
  make_map(&written.map, carried.todo.blocks);

  const char *why = listed ? "it carries what it is told" : blind ? "it was not asked to" : NULL;
  if (!why) why = start_trace(&written.trace, carried.disk, (uint32_t)buffer, (uint32_t)buffers);
  written.traced = !why;
  written.lost = !why || listed ? false : true;
  for (int *each = (int[]){SIGTERM, SIGINT, SIGHUP, SIGPIPE, 0}; *each; each++)
    signal(*each, end_by_signal);
  pthread_t thread;
  if (written.traced && pthread_create(&thread, NULL, drain_for_ever, NULL) != 0)
    fail("carry", "no thread", EAGAIN);
  /* Whatever the machine serves comes first; the thread that looks at the trace does not wait. */
  setpriority(PRIO_PROCESS, 0, 10);
  if (!listed) map_set(&carried.todo, 0, carried.todo.blocks);
  printf("{\"event\":\"ready\",\"size\":%llu,\"block\":%u,\"tracked\":%s,\"why\":\"%s\"}\n",
         (unsigned long long)carried.size, carried.block, written.traced ? "true" : "false",
         why ? why : "");
  fflush(stdout);

  char line[128];
  bool well = true;
  while (well && fgets(line, sizeof line, stdin)) {
    well = obey(line);
    fflush(stdout);
  }
  end_trace();
  return well ? EXIT_GOOD : EXIT_FAILED;
}
