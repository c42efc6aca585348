#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pieces.h"

enum { ALIGNMENT = 4096 }; /* bytes, for O_DIRECT */

struct piece *read_pieces(const char *command, size_t *count) {
  struct piece *pieces = NULL;
  size_t room = 0;
  unsigned long long offset, bytes;
  int got;
  *count = 0;
  while ((got = scanf("%llu %llu", &offset, &bytes)) == 2) {
    for (uint64_t end = offset + bytes; offset < end;) {
      if (*count == room) {
        room = room ? 2 * room : 4096;
        pieces = realloc(pieces, room * sizeof *pieces);
        if (!pieces) fail(command, "memory", errno);
      }
      const uint64_t left = end - offset, to_border = PIECE - offset % PIECE;
      const struct piece piece = {offset, left < to_border ? left : to_border};
      pieces[(*count)++] = piece;
      offset += piece.bytes;
    }
  }
  if (got != EOF) usage_error(command, "expected OFFSET BYTES a line");
  return pieces;
}

int open_uncached(const char *command, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
  if (fd < 0 && errno == EINVAL) fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(command, path, errno);
  return fd;
}

char *piece_buffer(const char *command) {
  char *data = NULL;
  if (posix_memalign((void **)&data, ALIGNMENT, PIECE) != 0) fail(command, "memory", ENOMEM);
  return data;
}

void read_piece(const char *command, const char *name, int fd, const struct piece *piece,
                char *data) {
  for (uint64_t done = 0; done < piece->bytes;) {
    const ssize_t got = pread(fd, data + done, piece->bytes - done, (off_t)(piece->offset + done));
    if (got < 0 && errno == EINTR) continue;
    /* A file whose end is no whole sector, or that cannot be read past the cache at all. */
    if (got < 0 && errno == EINVAL && (fcntl(fd, F_GETFL) & O_DIRECT)) {
      fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_DIRECT);
      continue;
    }
    if (got == 0) errno = ENXIO;
    if (got <= 0) fail(command, name, errno);
    done += (uint64_t)got;
  }
}

bool is_zero(const void *data, size_t bytes) {
  const char *first = data;
  return *first == 0 && memcmp(first, first + 1, bytes - 1) == 0;
}
