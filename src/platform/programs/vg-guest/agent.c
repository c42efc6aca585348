#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "vg-guest.h"

/* Where a guest has no channel to its host beside the network, as under Xen: TCP to the guest agent's
   unix socket, for who knows the token. The agent serves one connection at a time, and so do we. */

enum { CALLERS = 8, TOKEN_SIZE = 128, PIECE_SIZE = 64 * 1024, BACKLOG = 8 };

/* Seconds: for a caller's token, for an agent that is starting, for a peer that takes nothing. */
enum { LIMIT = 10 };
static const uint64_t second = 1000000000;

/* Who has not shown the token yet. */
struct caller {
  int fd; /* 0: this place is free */
  size_t length;
  uint64_t since;
  char line[TOKEN_SIZE];
};

static struct caller callers[CALLERS];
/* The connection that is served, and ours to the agent; -1: none. */
static int client = -1, agent = -1;

static void hang_up(void) {
  if (client >= 0) close(client);
  if (agent >= 0) close(agent);
  client = agent = -1;
}

static void forget(struct caller *caller) {
  close(caller->fd);
  caller->fd = 0;
}

/* A free place, or that of who has said nothing for longest. */
static void take_caller(int listener) {
  const int on = 1;
  const struct timeval limit = {.tv_sec = LIMIT};
  const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  struct caller *place = callers;
  for (struct caller *each = callers; each < callers + CALLERS; each++)
    if (place->fd != 0 && (each->fd == 0 || each->since < place->since)) place = each;
  if (place->fd != 0) forget(place);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  *place = (struct caller){.fd = fd, .since = monotonic_ns()};
}

/* Waits for an agent that does not listen yet; -1 if it does not come. */
static int connect_agent(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const struct timeval limit = {.tv_sec = LIMIT};
  strcpy(address.sun_path, path);
  const uint64_t until = monotonic_ns() + LIMIT * second;
  do {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fd;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    sleep_until(monotonic_ns() + second / 50);
  } while (monotonic_ns() < until);
  return -1;
}

/* Takes as long whatever of it is wrong. */
static bool is_token(const char *line, size_t length, const char *token) {
  unsigned char different = length != strlen(token);
  for (size_t i = 0; i < length && token[i]; i++) different |= (unsigned char)(line[i] ^ token[i]);
  return !different;
}

/* The line is read byte by byte: what follows it is the agent's. */
static void hear(struct caller *caller, const char *token, const char *path) {
  for (;;) {
    char *next = caller->line + caller->length;
    const ssize_t got = recv(caller->fd, next, 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return forget(caller);
    if (*next == '\n') break;
    if (++caller->length == TOKEN_SIZE) return forget(caller);
  }
  const int to_agent = is_token(caller->line, caller->length, token) ? connect_agent(path) : -1;
  if (to_agent < 0) return forget(caller);
  /* Who comes last is served: the one before may have vanished without a word. */
  hang_up();
  client = caller->fd;
  agent = to_agent;
  caller->fd = 0;
}

/* What one side has said, to the other; false if either is gone. */
static bool pass(int from, int to) {
  static char piece[PIECE_SIZE];
  const ssize_t got = recv(from, piece, sizeof piece, MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t now = send(to, piece + sent, (size_t)(got - sent), MSG_NOSIGNAL);
    if (now < 0 && errno != EINTR) return false;
    if (now > 0) sent += now;
  }
  return true;
}

_Noreturn static void serve_agent(int listener, const char *token, const char *path) {
  for (;;) {
    struct pollfd watched[3 + CALLERS] = {
        {.fd = listener, .events = POLLIN},
        {.fd = client, .events = POLLIN},
        {.fd = agent, .events = POLLIN},
    };
    bool waiting = false;
    for (int i = 0; i < CALLERS; i++) {
      watched[3 + i] = (struct pollfd){.fd = callers[i].fd ? callers[i].fd : -1, .events = POLLIN};
      if (callers[i].fd) waiting = true;
    }
    if (poll(watched, 3 + CALLERS, waiting ? 1000 : -1) < 0) continue;
    if ((watched[1].revents && !pass(client, agent)) ||
        (watched[2].revents && !pass(agent, client)))
      hang_up();
    for (int i = 0; i < CALLERS; i++) {
      struct caller *caller = callers + i;
      if (watched[3 + i].revents) hear(caller, token, path);
      if (caller->fd && monotonic_ns() - caller->since > LIMIT * second) forget(caller);
    }
    if (watched[0].revents) take_caller(listener);
  }
}

int agent_bridge(char **arguments) {
  uint64_t port = 0;
  const char *token = NULL, *path = NULL;
  int family;
  parse_options("agent", arguments,
                (const struct option_spec[]){
                    {.name = "--port", .number = &port},
                    {.name = "--token", .string = &token},
                    {.name = "--socket", .string = &path},
                    {0},
                });
  if (port < 1 || port > 65535) usage_error("agent", "--port: expected a port from 1 to 65535");
  if (!token || !*token || strlen(token) >= TOKEN_SIZE)
    usage_error("agent", "--token: expected at most %d characters", TOKEN_SIZE - 1);
  if (!path || strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path)
    usage_error("agent", "--socket: expected the path of a unix socket");
  signal(SIGPIPE, SIG_IGN);
  const int listener = bind_dual_stack("agent", SOCK_STREAM, port, &family);
  if (listen(listener, BACKLOG) < 0) fail("agent", "listen", errno);
  serve_agent(listener, token, path);
}
