#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vg-guest.h"

static void set_wall_clock(uint64_t nanoseconds) {
  const struct timespec now = {
      .tv_sec = (time_t)(nanoseconds / 1000000000u),
      .tv_nsec = (long)(nanoseconds % 1000000000u),
  };
  if (clock_settime(CLOCK_REALTIME, &now) < 0) fail("identity", "wall clock", errno);
}

/* One write, so that no other line of the console comes in between. */
static void mark_done(const char *console) {
  char text[64];
  const int length = snprintf(text, sizeof text, "vg-mark identity %.6f\n",
                              (double)monotonic_ns() / 1e9);
  int fd = console ? open(console, O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1;
  if (console && (fd < 0 || write(fd, text, (size_t)length) != length))
    fail("identity", console, errno);
  if (fd >= 0) close(fd);
  fputs(text, stdout);
}

int identity(char **arguments) {
  const char *entropy = NULL, *hostname = NULL, *interface = NULL, *mac = NULL, *address = NULL;
  const char *service = NULL, *instance = NULL, *console = NULL;
  uint64_t wall = 0, checked;
  parse_options("identity", arguments,
                (const struct option_spec[]){
                    {.name = "--entropy", .string = &entropy},
                    {.name = "--wall", .number = &wall},
                    {.name = "--hostname", .string = &hostname},
                    {.name = "--interface", .string = &interface},
                    {.name = "--mac", .string = &mac},
                    {.name = "--address", .string = &address},
                    {.name = "--service", .string = &service},
                    {.name = "--instance", .string = &instance},
                    {.name = "--console", .string = &console},
                    {0},
                });
  if (!interface && (mac || address))
    usage_error("identity", "--mac, --address: expected --interface NAME with them");
  if (!service != !instance)
    usage_error("identity", "expected --service PATH and --instance ID together");
  if (instance && !parse_instance(instance, &checked))
    usage_error("identity", "--instance: expected 16 hexadecimal digits, got %s", instance);

  /* First, so that nothing random that follows is what another guest of the same state has. */
  if (entropy) add_entropy("identity", entropy);
  if (wall > 0) set_wall_clock(wall);
  if (hostname && sethostname(hostname, strlen(hostname)) < 0) fail("identity", "hostname", errno);
  /* Before the network: no answer of the new guest has the id of the old one. */
  if (service && !tell_service("identity", service, instance)) fail("identity", service, errno);
  if (interface) configure_interface("identity", interface, mac, address);
  mark_done(console);
  if (interface) announce("identity", interface);
  return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_FAILED;
}
