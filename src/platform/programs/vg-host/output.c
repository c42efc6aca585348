#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vg-host.h"

/* Room for about half a minute of records at the default rates; a write of PIPE_BUF does not block
   where poll says so. */
enum { ROOM = 4 << 20, LINE = 256, PIECE = 4096, PATIENCE_MS = 10000 };

static char buffer[ROOM + LINE];
static size_t length;

/* Whether the reader took something within the time. */
static bool hand_over(int milliseconds) {
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
  const int ready = poll(&output, 1, milliseconds);
  if (ready < 0 && errno == EINTR) return true;
  if (ready <= 0) return false;
  const ssize_t written = write(STDOUT_FILENO, buffer, length < PIECE ? length : PIECE);
  if (written < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (written <= 0) exit(EXIT_FAILED); /* nobody is left to tell */
  length -= (size_t)written;
  memmove(buffer, buffer + written, length);
  return true;
}

void put(const char *format, ...) {
  if (length >= ROOM && !hand_over(PATIENCE_MS)) fail("output", "nobody reads", ETIMEDOUT);
  va_list values;
  va_start(values, format);
  length += (size_t)vsnprintf(buffer + length, LINE, format, values);
  va_end(values);
}

void put_out(void) {
  while (length > 0 && hand_over(0)) continue;
}

void put_out_last(void) {
  while (length > 0)
    if (!hand_over(PATIENCE_MS)) fail("output", "nobody reads", ETIMEDOUT);
}
