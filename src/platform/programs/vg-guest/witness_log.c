#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vg-guest.h"

void open_log(struct log *log, const char *path, uint64_t entries) {
  if (entries == 0 || entries > UINT32_MAX)
    usage_error("witness", "--log-entries: expected a number from 1 to %u", UINT32_MAX);
  const size_t size = entries * sizeof *log->entries;
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) fail("witness", path, errno);
  /* All of it now: a folder that fills up later must not end the witness. */
  const int error = posix_fallocate(fd, 0, (off_t)size);
  if (error != 0) fail("witness", path, error);
  log->entries = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (log->entries == MAP_FAILED) fail("witness", path, errno);
  log->count = entries;
  close(fd);
}

void log_write(struct log *log, uint64_t sequence, uint64_t completed) {
  if (log->count == 0) return;
  volatile struct log_entry *entry = &log->entries[sequence % log->count];
  /* A reader never sees the new number beside the old time. */
  entry->sequence = 0;
  entry->completed = completed;
  entry->sequence = sequence;
}
