/* Ranges of a disk, as standard input says them, in pieces that are read one by one. */
#ifndef VG_PIECES_H
#define VG_PIECES_H

#include "vg-host.h"

enum { PIECE = 1024 * 1024 }; /* bytes read at once */

struct piece {
  uint64_t offset, bytes;
};

/* `OFFSET BYTES` a line, cut at multiples of PIECE; ends the program with EXIT_USAGE for anything else. */
struct piece *read_pieces(const char *command, size_t *count);

/* A disk, or a file, past the cache where that goes. Ends the program on failure. */
int open_uncached(const char *command, const char *path);

/* Room for a piece, aligned as such a disk wants it. */
char *piece_buffer(const char *command);

/* All of it; ends the program where that fails. */
void read_piece(const char *command, const char *name, int fd, const struct piece *piece,
                char *data);

bool is_zero(const void *data, size_t bytes);

#endif
