#include <errno.h>
#include <stdlib.h>

#include "carry.h"

void make_map(struct disk_map *map, uint64_t blocks) {
  map->blocks = blocks;
  map->set = 0;
  map->words = calloc(blocks / 64 + 1, sizeof *map->words);
  if (!map->words) fail("carry", "memory", ENOMEM);
}

static void put_bits(struct disk_map *map, uint64_t first, uint64_t count, bool set) {
  if (first >= map->blocks) return;
  if (count > map->blocks - first) count = map->blocks - first;
  for (uint64_t i = first; i < first + count; i++) {
    uint64_t *word = &map->words[i / 64];
    const uint64_t bit = (uint64_t)1 << (i % 64);
    if (((*word & bit) != 0) == set) continue;
    *word ^= bit;
    map->set += set ? 1 : (uint64_t)-1;
  }
}

void map_set(struct disk_map *map, uint64_t first, uint64_t count) {
  put_bits(map, first, count, true);
}

void map_clear(struct disk_map *map, uint64_t first, uint64_t count) {
  put_bits(map, first, count, false);
}

uint64_t map_next(const struct disk_map *map, uint64_t from, bool set) {
  const uint64_t none = set ? 0 : ~(uint64_t)0;
  while (from < map->blocks) {
    const uint64_t word = map->words[from / 64];
    if (word == none) {
      from = (from / 64 + 1) * 64;
      continue;
    }
    if ((word >> (from % 64) & 1) == set) return from;
    from++;
  }
  return map->blocks;
}
