/* A client of an NBD export that only writes. */
#ifndef VG_NBD_H
#define VG_NBD_H

#include "../shared/shared.h"

struct nbd {
  int fd;
  uint64_t bytes; /* of the export */
  bool can_write_zeroes;
  uint64_t asked; /* requests without an answer yet */
};

enum nbd_command { NBD_WRITE = 1, NBD_DISCONNECT = 2, NBD_FLUSH = 3, NBD_WRITE_ZEROES = 6 };

/* False with errno set; a peer that says nothing for `patience` seconds is EAGAIN. */
bool nbd_connect(struct nbd *nbd, const union address *to, socklen_t size, const char *name,
                 unsigned patience);
/* Sends a request and does not wait; `data` has its bytes, NULL where it has none. */
bool nbd_ask(struct nbd *nbd, enum nbd_command command, uint64_t offset, uint32_t bytes,
             const void *data);
/* Waits until all that was asked is done. */
bool nbd_await_all(struct nbd *nbd);

#endif
