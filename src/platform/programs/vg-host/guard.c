#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vg-host.h"

enum { PATIENCE_MS = 5000, NOT_FOUND = 127, BY_SIGNAL = 128 };

static pid_t start(char **arguments, const sigset_t *former) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) fail("guard", "fork", errno);
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(EXIT_FAILED);
  sigprocmask(SIG_SETMASK, former, NULL);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  execvp(arguments[0], arguments);
  fprintf(stderr, "vg-host guard: %s: %s\n", arguments[0], strerror(errno));
  _exit(NOT_FOUND);
}

/* Whether our standard input has ended. */
static bool left_alone(const struct pollfd *input) {
  char ignored[256];
  return (input->revents & (POLLIN | POLLHUP | POLLERR)) &&
         read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

int guard(char **arguments) {
  if (arguments[0] && strcmp(arguments[0], "--") == 0) arguments++;
  if (!arguments[0]) usage_error("guard", "expected -- COMMAND ARGUMENT…");
  sigset_t set, former;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, &former);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);
  if (signals < 0) fail("guard", "signalfd", errno);
  const pid_t child = start(arguments, &former);

  struct pollfd sources[] = {{.fd = signals, .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
  bool ending = false;
  for (;;) {
    const int ready = poll(sources, 2, ending ? PATIENCE_MS : -1);
    if (ready == 0) kill(child, SIGKILL);
    struct signalfd_siginfo signal = {0};
    if (ready > 0 && (sources[0].revents & POLLIN) &&
        read(signals, &signal, sizeof signal) < 0)
      continue;
    int status;
    if (waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : BY_SIGNAL + WTERMSIG(status);
    const bool told = signal.ssi_signo != 0 && signal.ssi_signo != SIGCHLD;
    if (ending || (!told && !left_alone(&sources[1]))) continue;
    kill(child, SIGTERM);
    sources[1].fd = -1;
    ending = true;
  }
}
