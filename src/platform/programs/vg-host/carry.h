/* Carries a disk that is in use to another host, pass by pass: `vg-host carry`. */
#ifndef VG_CARRY_H
#define VG_CARRY_H

#include "nbd.h"
#include "vg-host.h"

/* ---- disk_map.c: a bit for each block of a disk ---- */

struct disk_map {
  uint64_t blocks;
  uint64_t set; /* how many are */
  uint64_t *words;
};

/* Ends the program if there is no memory. */
void make_map(struct disk_map *map, uint64_t blocks);
void map_set(struct disk_map *map, uint64_t first, uint64_t count);
void map_clear(struct disk_map *map, uint64_t first, uint64_t count);
/* The first block from `from` on that is set, or is not; `blocks` if there is none. */
uint64_t map_next(const struct disk_map *map, uint64_t from, bool set);

/* ---- fingerprint.c: whether two blocks are the same, without both of them ---- */

struct fingerprint {
  uint64_t half[2];
};

/* Draws the key: nobody who writes blocks can make two that are taken for one. */
void draw_key(void);
struct fingerprint fingerprint_of(const void *data, size_t length);

/* ---- trace_events.c: what the kernel tells of requests (linux/blktrace_api.h) ---- */

/* Told for each request that writes, when it is made, when it is done, and between. */
typedef void written_call(void *context, uint64_t sector, uint64_t sectors);

/* What comes from one processor, in whatever pieces. */
struct trace_stream {
  uint32_t sequence; /* of the last event */
  bool begun;
  bool broken; /* what came was no event: no place is known at which one would begin */
  uint64_t events;
  size_t skip, held;
  unsigned char head[64];
};

/* False if an event is missing, or one does not say what it writes. */
bool take_events(struct trace_stream *stream, const unsigned char *data, size_t length,
                 written_call *written, void *context);

/* ---- block_trace.c: the kernel's trace of one disk ---- */

struct block_trace {
  int disk;
  unsigned processors;
  int *files;
  struct trace_stream *streams;
  uint64_t dropped;
  char folder[256];
};

/* NULL, or why the kernel does not tell. Buffers are for each processor. */
const char *start_trace(struct block_trace *trace, int disk, uint32_t buffer, uint32_t buffers);
/* Takes all events of requests that were made or done before the call; false if some are missing. */
bool read_trace(struct block_trace *trace, written_call *written, void *context);
void stop_trace(struct block_trace *trace);

/* ---- carried.c: the disk, and what the other host has of it ---- */

enum { MOST_ASKED = 16 };

struct carried {
  int disk;
  uint64_t size;
  uint32_t block;
  struct fingerprint *known; /* of each block as the other host has it; zeros: not known */
  struct disk_map todo;
  struct nbd nbd;
  bool connected;
  struct {
    uint64_t offset;
    uint32_t length;
  } asked[MOST_ASKED]; /* and not answered */
  unsigned asked_count;
  const union address *to;
  socklen_t to_size;
  const char *name;
  uint64_t read, sent; /* bytes, in this pass */
};

/* `empty`: the other host has zeros everywhere. */
void open_carried(struct carried *carried, const char *path, bool empty);
/* Brings over what differs of the blocks in `todo`, until none is left there; connects anew for some
   time where the connection is lost. NULL, or what went wrong. */
const char *carry_over(struct carried *carried, void (*look)(const struct carried *));

#endif
