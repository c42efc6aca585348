#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vg-guest.h"

static void write_fully(const struct target *target, const void *data, size_t size,
                        uint64_t position) {
  for (size_t written = 0; written < size;) {
    const ssize_t count = pwrite(target->fd, (const char *)data + written, size - written,
                                 (off_t)(position + written));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(target->command, target->path, errno);
    if (count == 0) fail(target->command, target->path, ENOSPC);
    written += (size_t)count;
  }
}

static void sync_data(const struct target *target) {
  if (fdatasync(target->fd) < 0) fail(target->command, target->path, errno);
}

/* Zeros through the whole range: nothing old is taken for a record, a full storage shows now, and
   later writes change no metadata. */
static void preallocate(const struct target *target) {
  enum { CHUNK = 256 * RECORD_SIZE };
  void *zeros = aligned_memory(CHUNK);
  const uint64_t bytes = target->slots * RECORD_SIZE;
  for (uint64_t at = 0; at < bytes; at += CHUNK)
    write_fully(target, zeros, bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK,
                target->offset + at);
  free(zeros);
  if (fsync(target->fd) < 0) fail(target->command, target->path, errno);
}

static int connect_report(const char *text) {
  union address to;
  const socklen_t size = parse_address(text, &to);
  if (size == 0) usage_error("witness", "--report: expected ADDRESS:PORT, got \"%s\"", text);
  int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, &to.any, size) < 0) fail("witness", text, errno);
  return fd;
}

/* A report that cannot be sent is left out: fewer acknowledgements are known, none is invented. */
static void acknowledge(uint64_t sequence, uint64_t instance, uint64_t completed, int report,
                        bool quiet) {
  if (report >= 0) {
    char text[80];
    const int length = snprintf(text, sizeof text, "VG1 ack %" PRIu64 " %016" PRIx64 " %" PRIu64,
                                sequence, instance, completed);
    if (send(report, text, (size_t)length, 0) < 0) (void)0;
  }
  if (quiet) return;
  printf("ack %" PRIu64 "\n", sequence);
  if (fflush(stdout) != 0) fail("witness", "stdout", errno);
}

int witness(char **arguments) {
  const char *path = NULL, *report_to = NULL, *log_path = NULL;
  uint64_t bytes = 0, offset = 0, start = 1, count = UINT64_MAX, rate = 0, log_entries = 65536;
  bool quiet = false;
  parse_options("witness", arguments,
                (const struct option_spec[]){
                    {.name = "--file", .string = &path},
                    {.name = "--bytes", .number = &bytes},
                    {.name = "--offset", .number = &offset},
                    {.name = "--start", .number = &start},
                    {.name = "--count", .number = &count},
                    {.name = "--rate", .number = &rate},
                    {.name = "--report", .string = &report_to},
                    {.name = "--log", .string = &log_path},
                    {.name = "--log-entries", .number = &log_entries},
                    {.name = "--quiet", .flag = &quiet},
                    {0},
                });
  if (start == 0) usage_error("witness", "--start: expected a number above 0");
  if (rate > 1000000000u) usage_error("witness", "--rate: expected writes per second");
  signal(SIGPIPE, SIG_IGN);
  const int report = report_to ? connect_report(report_to) : -1;
  struct log log = {0};
  if (log_path) open_log(&log, log_path, log_entries);
  struct target target;
  open_target(&target, "witness", path, offset, bytes, ACCESS_WRITE);
  /* A later start goes on with what an earlier witness has written. */
  if (start == 1) preallocate(&target);

  const uint64_t instance = new_instance();
  printf("vg-witness instance=%016" PRIx64 " slots=%" PRIu64 " start=%" PRIu64 "\n", instance,
         target.slots, start);
  if (fflush(stdout) != 0) fail("witness", "stdout", errno);
  struct record *record = aligned_memory(sizeof *record);
  uint64_t due = monotonic_ns();
  for (uint64_t i = 0; i < count; i++) {
    const uint64_t sequence = start + i;
    make_record(record, sequence, instance);
    write_fully(&target, record, sizeof *record,
                target.offset + sequence % target.slots * RECORD_SIZE);
    sync_data(&target);
    const uint64_t completed = monotonic_ns();
    log_write(&log, sequence, completed);
    acknowledge(sequence, instance, completed, report, quiet);
    if (rate > 0) {
      const uint64_t now = monotonic_ns();
      due += 1000000000u / rate;
      if (due < now)
        due = now;
      else
        sleep_until(due);
    }
  }
  return EXIT_GOOD;
}
