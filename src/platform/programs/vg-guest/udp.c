#include <netinet/in.h>

#include "vg-guest.h"

enum { BATCH = 64 };

int udp_open(uint64_t port) {
  const int on = 1;
  int family;
  int fd = bind_dual_stack("serve", SOCK_DGRAM, port, &family);
  if (family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  else
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  return fd;
}

/* A few datagrams at a time, so that a flood cannot starve HTTP. */
void udp_answer(int udp, uint64_t instance) {
  for (int i = 0; i < BATCH; i++) {
    char text[ANSWER_SIZE];
    struct sockaddr_storage peer;
    _Alignas(struct cmsghdr) char control[128];
    struct iovec part = {.iov_base = text, .iov_len = sizeof text};
    struct msghdr message = {
        .msg_name = &peer,
        .msg_namelen = sizeof peer,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    const ssize_t length = recvmsg(udp, &message, 0);
    if (length < 0) return;
    uint64_t sequence;
    if ((message.msg_flags & MSG_TRUNC) || !parse_request(text, (size_t)length, &sequence)) continue;
    part.iov_len = write_answer(text, sequence, instance);
    /* The control part names the address that was asked: the answer leaves from the same one. A
       datagram that cannot be sent is a lost datagram, which the asker counts. */
    message.msg_flags = 0;
    sendmsg(udp, &message, MSG_DONTWAIT);
  }
}
