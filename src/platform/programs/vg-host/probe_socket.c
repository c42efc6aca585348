#include <errno.h>
#include <inttypes.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "vg-host.h"

enum { BATCH = 32, PACKET_SIZE = 256, CONTROL_SIZE = 256, RECEIVE_ROOM = 4 << 20 };

static void set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

void open_probe_socket(struct probe_socket *probe, const char *target, const char *device) {
  *probe = (struct probe_socket){0};
  probe->size = parse_address(target, &probe->to);
  if (probe->size == 0)
    usage_error("probe", "--target: expected ADDRESS:PORT or [ADDRESS]:PORT, got \"%s\"", target);
  /* Not connected: the refusal of one request must not be mistaken for the failure of the next. */
  probe->fd = socket(probe->to.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe->fd < 0) fail("probe", "socket", errno);
  if (device && setsockopt(probe->fd, SOL_SOCKET, SO_BINDTODEVICE, device,
                           (socklen_t)strlen(device) + 1) < 0)
    fail("probe", device, errno);
  /* Answers may come in bursts, and we read only now and then; the second needs no privilege. */
  set(probe->fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_ROOM);
  set(probe->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_ROOM);
  set(probe->fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
  set(probe->fd, SOL_SOCKET, SO_TIMESTAMPING,
      SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);

  union address own = {0};
  own.any.sa_family = probe->to.any.sa_family;
  socklen_t size = probe->size;
  if (bind(probe->fd, &own.any, size) < 0 || getsockname(probe->fd, &own.any, &size) < 0)
    fail("probe", "bind", errno);
  /* The port stands in the same place for IPv4 and IPv6. */
  probe->own_port = ntohs(((struct sockaddr_in *)&own.room)->sin_port);
}

int send_request(const struct probe_socket *probe, uint64_t sequence) {
  char text[32];
  const int length = snprintf(text, sizeof text, "VG1 %" PRIu64, sequence);
  const ssize_t sent =
      sendto(probe->fd, text, (size_t)length, MSG_DONTWAIT, &probe->to.any, probe->size);
  return sent < 0 ? errno : 0;
}

struct batch {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  union address from[BATCH];
  char packets[BATCH][PACKET_SIZE];
  _Alignas(struct cmsghdr) char control[BATCH][CONTROL_SIZE];
};

/* How many came. */
static int receive(int fd, struct batch *batch, int flags) {
  for (int i = 0; i < BATCH; i++) {
    batch->parts[i] = (struct iovec){.iov_base = batch->packets[i], .iov_len = PACKET_SIZE};
    batch->messages[i].msg_hdr = (struct msghdr){
        .msg_name = &batch->from[i],
        .msg_namelen = sizeof batch->from[i],
        .msg_iov = &batch->parts[i],
        .msg_iovlen = 1,
        .msg_control = batch->control[i],
        .msg_controllen = CONTROL_SIZE,
    };
  }
  return recvmmsg(fd, batch->messages, BATCH, flags | MSG_DONTWAIT, NULL);
}

static uint64_t stamp_of(struct msghdr *message, uint32_t *dropped) {
  uint64_t stamp = 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET) continue;
    if (part->cmsg_type == SCM_TIMESTAMPING) {
      struct timespec time;
      memcpy(&time, CMSG_DATA(part), sizeof time);
      stamp = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
    } else if (part->cmsg_type == SO_RXQ_OVFL) {
      memcpy(dropped, CMSG_DATA(part), sizeof *dropped);
    }
  }
  return stamp;
}

static bool same_peer(const union address *a, const union address *b) {
  if (a->any.sa_family != b->any.sa_family) return false;
  if (a->any.sa_family == AF_INET) {
    const struct sockaddr_in *one = (const void *)a, *other = (const void *)b;
    return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
  }
  const struct sockaddr_in6 *one = (const void *)a, *other = (const void *)b;
  return one->sin6_port == other->sin6_port &&
         memcmp(&one->sin6_addr, &other->sin6_addr, sizeof one->sin6_addr) == 0;
}

void take_answers(struct probe_socket *probe,
                  void (*take)(void *context, const struct answer *answer, uint64_t stamp),
                  void *context) {
  static struct batch batch;
  int count;
  do {
    count = receive(probe->fd, &batch, 0);
    for (int i = 0; i < count; i++) {
      struct answer answer;
      const uint64_t stamp = stamp_of(&batch.messages[i].msg_hdr, &probe->dropped);
      if (same_peer(&batch.from[i], &probe->to) &&
          parse_answer(batch.packets[i], batch.messages[i].msg_len, &answer))
        take(context, &answer, stamp);
    }
  } while (count == BATCH);
}

/* The kernel gives back the packet with all its headers; ours is the last part of it. */
static bool parse_departure(const char *packet, size_t length, uint64_t *sequence) {
  for (size_t at = length; at >= 4; at--)
    if (memcmp(packet + at - 4, "VG1 ", 4) == 0)
      return parse_number(packet + at, length - at, sequence);
  return false;
}

void take_departures(struct probe_socket *probe,
                     void (*take)(void *context, uint64_t sequence, uint64_t stamp),
                     void *context) {
  static struct batch batch;
  int count;
  do {
    count = receive(probe->fd, &batch, MSG_ERRQUEUE);
    for (int i = 0; i < count; i++) {
      uint64_t sequence;
      uint32_t ignored;
      const uint64_t stamp = stamp_of(&batch.messages[i].msg_hdr, &ignored);
      if (stamp != 0 && parse_departure(batch.packets[i], batch.messages[i].msg_len, &sequence))
        take(context, sequence, stamp);
    }
  } while (count == BATCH);
}
