#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vg-guest.h"

void *aligned_memory(size_t size) {
  void *memory = aligned_alloc(RECORD_SIZE, size);
  if (!memory) fail("witness", "memory", ENOMEM);
  memset(memory, 0, size);
  return memory;
}

/* A file that is new must be found again after a crash: its folder's entry is made durable. */
static void sync_folder(const struct target *target) {
  char *copy = strdup(target->path);
  if (!copy) fail(target->command, "memory", ENOMEM);
  int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || fsync(folder) < 0) fail(target->command, target->path, errno);
  close(folder);
  free(copy);
}

void open_target(struct target *target, const char *command, const char *path, uint64_t offset,
                 uint64_t bytes, enum access access) {
  *target = (struct target){.command = command, .path = path, .offset = offset};
  if (!path) usage_error(command, "expected --file PATH");
  if (offset % RECORD_SIZE != 0 || offset > INT64_MAX / 2)
    usage_error(command, "--offset: expected a multiple of %d", RECORD_SIZE);
  if (bytes == 0 || bytes % RECORD_SIZE != 0 || bytes > INT64_MAX / 2)
    usage_error(command, "--bytes: expected a multiple of %d above 0", RECORD_SIZE);
  target->slots = bytes / RECORD_SIZE;

  const bool writable = access == ACCESS_WRITE;
  const int flags = (writable ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC;
  target->fd = open(path, access == ACCESS_READ_COPY ? flags : flags | O_DIRECT, 0644);
  if (target->fd < 0 && errno == EINVAL) {
    fprintf(stderr, "vg-guest %s: %s: the file system does not support O_DIRECT\n", command, path);
    exit(EXIT_FAILED);
  }
  if (target->fd < 0) fail(command, path, errno);
  struct stat status;
  if (fstat(target->fd, &status) < 0) fail(command, path, errno);
  if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
    usage_error(command, "--file: expected a regular file or a block device, got %s", path);
  if (writable && S_ISREG(status.st_mode)) sync_folder(target);
}
