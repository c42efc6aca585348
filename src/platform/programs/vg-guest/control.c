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

static bool obey(const char *text, uint64_t *instance) {
  uint64_t rate, backlog;
  if (parse_instance(text, instance)) return true;
  if (sscanf(text, "bound %" SCNu64 " %" SCNu64, &rate, &backlog) != 2) return false;
  bound_service(rate, backlog);
  return true;
}

void control_answer(int control, uint64_t *instance) {
  char text[ORDER_SIZE];
  struct sockaddr_un peer;
  socklen_t size = sizeof peer;
  const ssize_t length =
      recvfrom(control, text, sizeof text - 1, 0, (struct sockaddr *)&peer, &size);
  if (length < 0) return;
  text[length] = '\0';
  if (!obey(text, instance)) return;
  sendto(control, text, (size_t)length, MSG_DONTWAIT, (struct sockaddr *)&peer, size);
}

bool tell_service(const char *command, const char *path, const char *text) {
  const struct sockaddr_un service = socket_address(command, path);
  /* A name that the kernel picks, so that the answer finds its way. */
  const struct sockaddr_un own = {.sun_family = AF_UNIX};
  const struct timeval limit = {.tv_sec = 10};
  char answer[ORDER_SIZE] = {0};
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

int bound(char **arguments) {
  const char *service = NULL;
  uint64_t rate = 0, backlog = 1000;
  char text[ORDER_SIZE];
  parse_options("bound", arguments,
                (const struct option_spec[]){
                    {.name = "--service", .string = &service},
                    {.name = "--rate", .number = &rate},
                    {.name = "--backlog", .number = &backlog},
                    {0},
                });
  if (!service) usage_error("bound", "expected --service PATH, the socket of the service");
  snprintf(text, sizeof text, "bound %" PRIu64 " %" PRIu64, rate, backlog);
  if (!tell_service("bound", service, text)) fail("bound", service, errno);
  return EXIT_GOOD;
}
