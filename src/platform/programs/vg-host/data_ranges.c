/* Tells what of a disk is not zero. Ranges come on standard input, `OFFSET BYTES` a line; what of them holds
   data is told alike, in whole blocks and in order. */
#include <stdio.h>

#include "pieces.h"

enum { BLOCK = 64 * 1024 }; /* bytes that count as a whole */

static const char command[] = "data-ranges";

static void tell(const struct piece *range) {
  if (range->bytes > 0)
    printf("%llu %llu\n", (unsigned long long)range->offset, (unsigned long long)range->bytes);
}

int data_ranges(char **arguments) {
  const char *from = NULL;
  const struct option_spec options[] = {{.name = "--from", .string = &from}, {.name = NULL}};
  parse_options(command, arguments, options);
  if (!from) usage_error(command, "--from is needed");
  size_t count;
  const struct piece *pieces = read_pieces(command, &count);
  const int fd = open_uncached(command, from);
  char *data = piece_buffer(command);
  struct piece found = {0};
  for (const struct piece *piece = pieces; piece < pieces + count; piece++) {
    read_piece(command, from, fd, piece, data);
    for (uint64_t at = 0; at < piece->bytes; at += BLOCK) {
      const uint64_t left = piece->bytes - at, bytes = left < BLOCK ? left : BLOCK;
      if (is_zero(data + at, bytes)) continue;
      const uint64_t offset = piece->offset + at;
      if (found.offset + found.bytes != offset) {
        tell(&found);
        found = (struct piece){offset, 0};
      }
      found.bytes += bytes;
    }
  }
  tell(&found);
  return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FAILED;
}
