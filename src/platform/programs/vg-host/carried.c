#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carry.h"
#include "pieces.h"

enum {
  CHUNK = 1 << 20,
  SMALLEST = 4 << 10,
  MOST_BLOCKS = 1 << 21, /* 32 MiB of fingerprints */
  PATIENCE_S = 60,       /* for a connection that is lost */
  SILENCE_S = 10,
  SEND_ROOM = 4 << 20,
};

static unsigned char *chunk;

void open_carried(struct carried *carried, const char *path, bool empty) {
  carried->disk = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (carried->disk < 0) carried->disk = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (carried->disk < 0 || fstat(carried->disk, &status) < 0) fail("carry", path, errno);
  carried->size = (uint64_t)status.st_size;
  if (S_ISBLK(status.st_mode) && ioctl(carried->disk, BLKGETSIZE64, &carried->size) < 0)
    fail("carry", path, errno);
  carried->block = SMALLEST;
  while (carried->size / carried->block >= MOST_BLOCKS) carried->block *= 2;
  make_map(&carried->todo, (carried->size + carried->block - 1) / carried->block);
  carried->known = calloc(carried->todo.blocks + 1, sizeof *carried->known);
  chunk = aligned_alloc(SMALLEST, CHUNK > carried->block ? CHUNK : carried->block);
  if (!carried->known || !chunk) fail("carry", "memory", ENOMEM);
  if (!empty) return;
  memset(chunk, 0, carried->block);
  const struct fingerprint zeros = fingerprint_of(chunk, carried->block);
  /* The last may be shorter: it is sent. */
  for (uint64_t i = 0; i < carried->size / carried->block; i++) carried->known[i] = zeros;
}

static size_t chunk_size(const struct carried *carried) {
  return CHUNK > carried->block ? CHUNK : carried->block;
}

static bool same(const struct fingerprint *a, const struct fingerprint *b) {
  return a->half[0] == b->half[0] && a->half[1] == b->half[1];
}

static bool answered(struct carried *carried) {
  if (!nbd_await_all(&carried->nbd)) return false;
  carried->asked_count = 0;
  return true;
}

static bool send_run(struct carried *carried, uint64_t offset, const unsigned char *data,
                     size_t length, bool zero) {
  if (length == 0) return true;
  if (carried->asked_count == MOST_ASKED && !answered(carried)) return false;
  carried->asked[carried->asked_count].offset = offset;
  carried->asked[carried->asked_count++].length = (uint32_t)length;
  const bool as_hole = zero && carried->nbd.can_write_zeroes;
  if (!as_hole) carried->sent += length;
  return nbd_ask(&carried->nbd, as_hole ? NBD_WRITE_ZEROES : NBD_WRITE, offset, (uint32_t)length,
                 as_hole ? NULL : data);
}

/* Of a part of the disk that was read, sends the blocks that the other host has not. */
static bool send_differing(struct carried *carried, uint64_t offset, size_t length) {
  size_t from = 0, at = 0;
  bool run_is_zero = false;
  while (at < length) {
    const size_t block = length - at < carried->block ? length - at : carried->block;
    struct fingerprint *known = &carried->known[(offset + at) / carried->block];
    const struct fingerprint now = fingerprint_of(chunk + at, block);
    const bool differs = !same(known, &now), zero = differs && is_zero(chunk + at, block);
    if (from < at && (!differs || zero != run_is_zero)) {
      if (!send_run(carried, offset + from, chunk + from, at - from, run_is_zero)) return false;
      from = at;
    }
    /* What is under way when it fails is looked after by whoever connects again. */
    *known = now;
    run_is_zero = zero;
    at += block;
    if (!differs) from = at;
  }
  return send_run(carried, offset + from, chunk + from, at - from, run_is_zero);
}

/* False where the connection failed, with errno; what is still `todo` was not sent. */
static bool send_all(struct carried *carried, const char **why,
                     void (*look)(const struct carried *)) {
  struct disk_map *todo = &carried->todo;
  const size_t most = chunk_size(carried);
  for (uint64_t at = 0; (at = map_next(todo, at, true)) < todo->blocks;) {
    uint64_t end = map_next(todo, at, false);
    if (end > at + most / carried->block) end = at + most / carried->block;
    const uint64_t offset = at * carried->block;
    size_t length = (end - at) * carried->block;
    if (length > carried->size - offset) length = carried->size - offset;
    const ssize_t got = pread(carried->disk, chunk, length, (off_t)offset);
    if (got != (ssize_t)length) {
      *why = got < 0 ? strerror(errno) : "the disk is shorter than it was";
      return true;
    }
    carried->read += length;
    map_clear(todo, at, end - at);
    if (!send_differing(carried, offset, length)) {
      const int error = errno;
      /* Some of it may not have been sent at all. */
      memset(&carried->known[at], 0, (end - at) * sizeof *carried->known);
      map_set(todo, at, end - at);
      errno = error;
      return false;
    }
    at = end;
    look(carried);
  }
  return answered(carried) && nbd_ask(&carried->nbd, NBD_FLUSH, 0, 0, NULL) && answered(carried);
}

/* What was not answered may be there or not. */
static void forget_asked(struct carried *carried) {
  for (unsigned i = 0; i < carried->asked_count; i++) {
    const uint64_t first = carried->asked[i].offset / carried->block;
    const uint64_t count = (carried->asked[i].length + carried->block - 1) / carried->block;
    memset(&carried->known[first], 0, count * sizeof *carried->known);
    map_set(&carried->todo, first, count);
  }
  carried->asked_count = 0;
}

/* What the server says, in the words of its system: another connection would not help. */
static bool is_final(int error) {
  switch (error) {
    case ENOSPC:
    case EIO:
    case EINVAL:
    case EPERM:
    case ENOENT:
    case EPROTO:
      return true;
    default:
      return false;
  }
}

static bool connect_to(struct carried *carried) {
  carried->connected = nbd_connect(&carried->nbd, carried->to, carried->to_size, carried->name,
                                   SILENCE_S);
  if (!carried->connected) return false;
  /* What waits here goes out while the next is read. */
  const int room = SEND_ROOM;
  setsockopt(carried->nbd.fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  return true;
}

static int lost_connection(struct carried *carried, int error) {
  if (carried->nbd.fd > 0) close(carried->nbd.fd);
  carried->nbd.fd = 0;
  carried->connected = false;
  forget_asked(carried);
  return error;
}

const char *carry_over(struct carried *carried, void (*look)(const struct carried *)) {
  uint64_t give_up = 0;
  for (;;) {
    int error = 0;
    if (!carried->connected && !connect_to(carried)) error = lost_connection(carried, errno);
    if (carried->connected && carried->nbd.bytes < carried->size) return "its disk is smaller";
    if (carried->connected) {
      const char *why = NULL;
      const uint64_t sent = carried->sent;
      if (send_all(carried, &why, look)) return why;
      error = lost_connection(carried, errno);
      if (carried->sent > sent + MOST_ASKED * (uint64_t)CHUNK) give_up = 0;
    }
    const uint64_t now = monotonic_ns();
    if (give_up == 0) give_up = now + PATIENCE_S * (uint64_t)1000000000;
    if (is_final(error) || now > give_up) return strerror(error);
    sleep_until(now + 500000000);
  }
}
