#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "vg-host.h"

static const uint64_t look_every = 10000000u, millisecond = 1000000u;

enum { LONGEST_MS = 60000 };

/* Wall clock before and after the kernel was asked. */
struct moment {
  uint64_t before, after;
};

static struct moment set_up(int fd, const char *interface, bool up) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
  if (ioctl(fd, SIOCGIFFLAGS, &request) < 0) fail("cut", interface, errno);
  if (up)
    request.ifr_flags |= IFF_UP;
  else
    request.ifr_flags &= (short)~IFF_UP;
  struct moment moment = {.before = realtime_ns()};
  if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) fail("cut", interface, errno);
  moment.after = realtime_ns();
  return moment;
}

int cut(char **arguments) {
  const char *interface = NULL;
  uint64_t length = 0;
  parse_options("cut", arguments,
                (const struct option_spec[]){
                    {.name = "--interface", .string = &interface},
                    {.name = "--milliseconds", .number = &length},
                    {0},
                });
  if (!interface || strlen(interface) >= IFNAMSIZ)
    usage_error("cut", "expected --interface NAME, of at most %d characters", IFNAMSIZ - 1);
  if (length == 0 || length > LONGEST_MS)
    usage_error("cut", "--milliseconds: expected 1 to %d", LONGEST_MS);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("cut", "socket", errno);
  watch_for_stop();

  const struct moment down = set_up(fd, interface, false);
  const uint64_t end = monotonic_ns() + length * millisecond;
  /* Whoever is told to stop, or is left alone, mends it first. */
  for (uint64_t now = monotonic_ns(); now < end && !stop_asked(); now = monotonic_ns())
    sleep_until(end - now < look_every ? end : now + look_every);
  const struct moment up = set_up(fd, interface, true);
  put("vg-cut 1 down=%" PRIu64 ",%" PRIu64 " up=%" PRIu64 ",%" PRIu64 "\n", down.before, down.after,
      up.before, up.after);
  put_out_last();
  return EXIT_GOOD;
}
