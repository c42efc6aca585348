#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "vg-host.h"

static volatile sig_atomic_t stopped;

static void note(int signal) {
  (void)signal;
  stopped = 1;
}

void watch_for_stop(void) {
  const struct sigaction action = {.sa_handler = note};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

bool stop_asked(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (!stopped && poll(&input, 1, 0) > 0) {
    char ignored[256];
    if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0) stopped = 1;
  }
  return stopped;
}
