#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vg-host.h"

enum {
  LARGE = 64 << 10,
  SMALL = 4 << 10,
  LARGE_COUNT = 32,
  SMALL_COUNT = 16,
  ALIGNMENT = 64 << 10, /* more than any file system asks of O_DIRECT */
};

/* No request begins later than this after the first. */
static const uint64_t limit_ns = 10000000000u;

/* One kind of request: how long each took. */
struct series {
  const char *name;
  size_t size;
  unsigned wanted, done;
  bool writes;
  uint64_t taken[LARGE_COUNT];
};

static int ascending(const void *a, const void *b) {
  const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

/* With O_DIRECT where the file system has it; the file is kept from one time to the next. */
static int open_file(const char *path, bool *direct) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC;
  int file = open(path, flags | O_DIRECT, 0600);
  *direct = file >= 0;
  if (file < 0) file = open(path, flags, 0600);
  if (file < 0) fail("sentinel", path, errno);
  return file;
}

/* Past the page cache, or as near to that as can be. */
static ssize_t request(int file, const struct series *series, bool direct, char *buffer,
                       off_t offset) {
  if (!series->writes) {
    if (!direct) posix_fadvise(file, offset, (off_t)series->size, POSIX_FADV_DONTNEED);
    return pread(file, buffer, series->size, offset);
  }
  const ssize_t written = pwrite(file, buffer, series->size, offset);
  if (written >= 0 && fdatasync(file) < 0) return -1;
  return written;
}

static void run(int file, struct series *series, bool direct, char *buffer, uint64_t deadline) {
  for (unsigned i = 0; i < series->wanted; i++) {
    const uint64_t before = monotonic_ns();
    if (before >= deadline) return;
    const ssize_t moved = request(file, series, direct, buffer, (off_t)i * (off_t)series->size);
    if (moved != (ssize_t)series->size) fail("sentinel", series->name, moved < 0 ? errno : EIO);
    series->taken[series->done++] = monotonic_ns() - before;
  }
}

static void print(struct series *series) {
  if (series->done == 0) return;
  uint64_t sum = 0;
  for (unsigned i = 0; i < series->done; i++) sum += series->taken[i];
  qsort(series->taken, series->done, sizeof *series->taken, ascending);
  printf(",\"%s\":{\"count\":%u,\"median\":%.9f,\"maximum\":%.9f,\"rate\":%.0f}", series->name,
         series->done, (double)series->taken[series->done / 2] / 1e9,
         (double)series->taken[series->done - 1] / 1e9,
         (double)(series->size * series->done) * 1e9 / (double)(sum > 0 ? sum : 1));
}

/* Whether a first write works; some file systems let a file be opened for O_DIRECT all the same. */
static bool can_write(int file, char *buffer) {
  return pwrite(file, buffer, LARGE, 0) == LARGE;
}

int sentinel(char **arguments) {
  const char *path = arguments[0];
  if (!path || arguments[1]) usage_error("sentinel", "expected one FILE");
  bool direct;
  int file = open_file(path, &direct);
  char *buffer = aligned_alloc(ALIGNMENT, LARGE);
  if (!buffer) fail("sentinel", "memory", ENOMEM);
  memset(buffer, 0x5a, LARGE);
  /* What others have written here before is not to be counted. */
  if (syncfs(file) < 0) fail("sentinel", path, errno);
  if (direct && !can_write(file, buffer) && errno == EINVAL) {
    fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_DIRECT);
    direct = false;
  }

  struct series all[] = {
      {.name = "write", .size = LARGE, .wanted = LARGE_COUNT, .writes = true},
      {.name = "smallWrite", .size = SMALL, .wanted = SMALL_COUNT, .writes = true},
      {.name = "read", .size = LARGE, .wanted = LARGE_COUNT},
      {.name = "smallRead", .size = SMALL, .wanted = SMALL_COUNT},
  };
  const uint64_t deadline = monotonic_ns() + limit_ns;
  /* A storage that is too slow for all of them shall have some of each. */
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const uint64_t part = deadline - limit_ns / 4 * (3 - i);
    run(file, &all[i], direct, buffer, part);
  }
  printf("{\"direct\":%s", direct ? "true" : "false");
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) print(&all[i]);
  printf("}\n");
  close(file);
  return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FAILED;
}
