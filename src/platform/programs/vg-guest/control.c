#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "vg-guest.h"

static struct sockaddr_un socket_address(const char *command, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path)
    usage_error(command, "expected a socket path of at most %zu characters, got %s",
                sizeof address.sun_path - 1, path);
  strcpy(address.sun_path, path);
  return address;
}

int control_open(const char *path) {
  const struct sockaddr_un address = socket_address("serve", path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  unlink(path);
  if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
    fail("serve", path, errno);
  return fd;
}

void control_answer(int control, uint64_t *instance) {
  char text[INSTANCE_SIZE];
  struct sockaddr_un peer;
  socklen_t size = sizeof peer;
  const ssize_t length =
      recvfrom(control, text, sizeof text - 1, 0, (struct sockaddr *)&peer, &size);
  if (length < 0) return;
  text[length] = '\0';
  if (!parse_instance(text, instance)) return;
  sendto(control, text, (size_t)length, MSG_DONTWAIT, (struct sockaddr *)&peer, size);
}

bool give_instance(const char *path, const char *text) {
  const struct sockaddr_un service = socket_address("identity", path);
  /* A name that the kernel picks, so that the answer finds its way. */
  const struct sockaddr_un own = {.sun_family = AF_UNIX};
  const struct timeval limit = {.tv_sec = 10};
  char answer[INSTANCE_SIZE] = {0};
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool given =
      fd >= 0 && bind(fd, (const struct sockaddr *)&own, sizeof own.sun_family) == 0 &&
      connect(fd, (const struct sockaddr *)&service, sizeof service) == 0 &&
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
      send(fd, text, strlen(text), 0) >= 0 && recv(fd, answer, sizeof answer - 1, 0) >= 0;
  const int error = given ? EPROTO : errno;
  if (fd >= 0) close(fd);
  errno = error;
  return given && strcmp(answer, text) == 0;
}
