#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "vg-guest.h"

int bind_dual_stack(const char *command, int type, uint64_t port, int *family) {
  const int on = 1, off = 0;
  *family = AF_INET6;
  int fd = socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 && errno == EAFNOSUPPORT) {
    *family = AF_INET;
    fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  }
  if (fd < 0) fail(command, "socket", errno);
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

  struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int bound;
  if (*family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    bound = bind(fd, (struct sockaddr *)&any6, sizeof any6);
  } else {
    bound = bind(fd, (struct sockaddr *)&any4, sizeof any4);
  }
  if (bound < 0) {
    char what[48];
    snprintf(what, sizeof what, "%s port %u", type == SOCK_STREAM ? "TCP" : "UDP", (unsigned)port);
    fail(command, what, errno);
  }
  return fd;
}
