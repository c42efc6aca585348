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

enum { PASS_ON_MS = 50, PATIENCE_MS = 5000, NOT_FOUND = 127, BY_SIGNAL = 128, ROOM = 1 << 20 };

static pid_t start(char **arguments, const sigset_t *former, int output) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) fail("guard", "fork", errno);
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(EXIT_FAILED);
  sigprocmask(SIG_SETMASK, former, NULL);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
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

/* A pipe with room for what is written between two looks at it; its reading end does not block. */
static void open_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) fail("guard", "pipe", errno);
  fcntl(ends[1], F_SETPIPE_SZ, ROOM);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static void pass_on(int from) {
  static char buffer[1 << 16];
  ssize_t got;
  while ((got = read(from, buffer, sizeof buffer)) > 0)
    for (ssize_t done = 0; done < got;) {
      const ssize_t written = write(STDOUT_FILENO, buffer + done, (size_t)(got - done));
      if (written < 0 && errno != EINTR) fail("guard", "output", errno);
      if (written > 0) done += written;
    }
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
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fail("guard", "signalfd", errno);
  int output[2];
  open_pipe(output);
  const pid_t child = start(arguments, &former, output[1]);
  close(output[1]);

  /* The command may write a thousand times a second; whoever reads us is woken less often. */
  struct pollfd sources[] = {{.fd = signals, .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
  uint64_t kill_at = UINT64_MAX;
  for (;;) {
    poll(sources, 2, PASS_ON_MS);
    int status;
    const bool ended = waitpid(child, &status, WNOHANG) == child;
    pass_on(output[0]);
    if (ended) return WIFEXITED(status) ? WEXITSTATUS(status) : BY_SIGNAL + WTERMSIG(status);

    struct signalfd_siginfo signal = {0};
    bool told = false;
    while (read(signals, &signal, sizeof signal) > 0) told = told || signal.ssi_signo != SIGCHLD;
    if (kill_at == UINT64_MAX && (told || left_alone(&sources[1]))) {
      kill(child, SIGTERM);
      sources[1].fd = -1;
      kill_at = monotonic_ns() + (uint64_t)PATIENCE_MS * 1000000u;
    }
    if (monotonic_ns() >= kill_at) kill(child, SIGKILL);
  }
}
