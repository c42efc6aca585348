/* The few words of NBD that it takes to write on an export
   (github.com/NetworkBlockDevice/nbd, doc/proto.md). */
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "nbd.h"

static const uint64_t greeting = 0x4e42444d41474943;     /* "NBDMAGIC" */
static const uint64_t option_magic = 0x49484156454f5054; /* "IHAVEOPT" */
static const uint64_t option_reply_magic = 0x3e889045565a9;
static const uint32_t request_magic = 0x25609513;
static const uint32_t reply_magic = 0x67446698;

enum { FIXED_NEWSTYLE = 1, NO_ZEROES = 2, OPTION_GO = 7, REPLY_ACK = 1, REPLY_INFO = 3 };
enum { CAN_WRITE_ZEROES = 1 << 6 };

struct __attribute__((packed)) request {
  uint32_t magic;
  uint16_t flags, type;
  uint64_t handle, offset;
  uint32_t bytes;
};

static bool send_all(int fd, const void *data, size_t bytes, int flags) {
  for (const char *at = data; bytes > 0;) {
    const ssize_t sent = send(fd, at, bytes, flags | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    bytes -= (size_t)sent;
  }
  return true;
}

static bool receive_all(int fd, void *data, size_t bytes) {
  for (char *at = data; bytes > 0;) {
    const ssize_t got = recv(fd, at, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = ECONNRESET;
    if (got <= 0) return false;
    at += got;
    bytes -= (size_t)got;
  }
  return true;
}

static bool choose_export(struct nbd *nbd, const char *name) {
  const uint32_t length = (uint32_t)strlen(name);
  struct __attribute__((packed)) {
    uint64_t magic;
    uint32_t option, bytes, length;
  } head = {htobe64(option_magic), htobe32(OPTION_GO), htobe32(length + 6), htobe32(length)};
  const uint16_t none = 0;
  if (!send_all(nbd->fd, &head, sizeof head, MSG_MORE) ||
      !send_all(nbd->fd, name, length, MSG_MORE) || !send_all(nbd->fd, &none, sizeof none, 0))
    return false;
  for (;;) {
    struct __attribute__((packed)) {
      uint64_t magic;
      uint32_t option, type, bytes;
    } reply;
    char text[512];
    if (!receive_all(nbd->fd, &reply, sizeof reply)) return false;
    const uint32_t type = be32toh(reply.type), bytes = be32toh(reply.bytes);
    if (be64toh(reply.magic) != option_reply_magic || bytes > sizeof text) return errno = EPROTO, false;
    if (!receive_all(nbd->fd, text, bytes)) return false;
    if (type == REPLY_ACK) return true;
    if (type & 0x80000000u) return errno = ENOENT, false;
    if (type == REPLY_INFO && bytes >= 12 && text[0] == 0 && text[1] == 0) {
      uint64_t size;
      uint16_t flags;
      memcpy(&size, text + 2, sizeof size);
      memcpy(&flags, text + 10, sizeof flags);
      nbd->bytes = be64toh(size);
      nbd->can_write_zeroes = (be16toh(flags) & CAN_WRITE_ZEROES) != 0;
    }
  }
}

bool nbd_connect(struct nbd *nbd, const union address *to, socklen_t size, const char *name,
                 unsigned patience) {
  *nbd = (struct nbd){.fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const struct timeval limit = {.tv_sec = patience};
  const int on = 1;
  struct __attribute__((packed)) {
    uint64_t magic, option;
    uint16_t flags;
  } hello;
  if (nbd->fd < 0) return false;
  /* A link that was cut must not keep us for the quarter of an hour that TCP tries. */
  setsockopt(nbd->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(nbd->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(nbd->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(nbd->fd, &to->any, size) != 0 || !receive_all(nbd->fd, &hello, sizeof hello))
    return false;
  const uint16_t flags = be16toh(hello.flags);
  if (be64toh(hello.magic) != greeting || be64toh(hello.option) != option_magic ||
      !(flags & FIXED_NEWSTYLE))
    return errno = EPROTO, false;
  const uint32_t ours = htobe32(flags & (FIXED_NEWSTYLE | NO_ZEROES));
  return send_all(nbd->fd, &ours, sizeof ours, 0) && choose_export(nbd, name);
}

bool nbd_ask(struct nbd *nbd, enum nbd_command command, uint64_t offset, uint32_t bytes,
             const void *data) {
  const struct request request = {
      .magic = htobe32(request_magic),
      .type = htobe16((uint16_t)command),
      .handle = nbd->asked,
      .offset = htobe64(offset),
      .bytes = htobe32(bytes),
  };
  if (!send_all(nbd->fd, &request, sizeof request, data ? MSG_MORE : 0)) return false;
  if (data && !send_all(nbd->fd, data, bytes, 0)) return false;
  if (command != NBD_DISCONNECT) nbd->asked++;
  return true;
}

bool nbd_await_all(struct nbd *nbd) {
  for (; nbd->asked > 0; nbd->asked--) {
    struct __attribute__((packed)) {
      uint32_t magic, error;
      uint64_t handle;
    } reply;
    if (!receive_all(nbd->fd, &reply, sizeof reply)) return false;
    if (be32toh(reply.magic) != reply_magic) return errno = EPROTO, false;
    /* The protocol's numbers are those of Linux. */
    if (reply.error != 0) return errno = (int)be32toh(reply.error), false;
  }
  return true;
}
