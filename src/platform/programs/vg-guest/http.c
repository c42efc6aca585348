#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "vg-guest.h"

enum { CONNECTIONS = 256, HEAD_SIZE = 4096, RESPONSE_SIZE = 384, BACKLOG = 512 };

struct connection {
  int fd; /* 0: this place is free */
  bool last;    /* close once the response is out */
  bool drained; /* response out, our side shut: wait for the peer to close, or it may lose it */
  uint64_t used;
  uint64_t due; /* not 0: its request is being worked on until then */
  uint64_t sequence;
  size_t head_length;
  size_t response_length;
  size_t response_sent;
  char head[HEAD_SIZE];
  char response[RESPONSE_SIZE];
};

static struct connection connections[CONNECTIONS];

static uint64_t armed; /* when the timer goes off; 0: never */

int http_timer_open(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) fail("serve", "timerfd_create", errno);
  return fd;
}

static void arm(int timer, uint64_t moment) {
  const struct itimerspec when = {.it_value = {.tv_sec = (time_t)(moment / 1000000000u),
                                               .tv_nsec = (long)(moment % 1000000000u)}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
  armed = moment;
}

int http_open(uint64_t port) {
  int family;
  int fd = bind_dual_stack("serve", SOCK_STREAM, port, &family);
  if (listen(fd, BACKLOG) < 0) fail("serve", "listen", errno);
  return fd;
}

static void close_connection(struct connection *connection) {
  close(connection->fd);
  connection->fd = 0;
}

/* A free place, or the one that has been silent longest: peers may vanish without a word. */
static struct connection *take_place(void) {
  struct connection *oldest = connections;
  for (struct connection *place = connections; place < connections + CONNECTIONS; place++) {
    if (place->fd == 0) return place;
    if (place->used < oldest->used) oldest = place;
  }
  close_connection(oldest);
  return oldest;
}

struct connection *http_accept(int http, int epoll) {
  const int on = 1;
  int fd = accept4(http, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return NULL;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct connection *connection = take_place();
  connection->fd = fd;
  connection->last = connection->drained = false;
  connection->used = monotonic_ns();
  connection->due = 0;
  connection->head_length = connection->response_length = connection->response_sent = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
    close_connection(connection);
    return NULL;
  }
  return connection;
}

static void respond(struct connection *connection, const char *status, const char *body) {
  connection->response_sent = 0;
  connection->response_length = (size_t)snprintf(
      connection->response, RESPONSE_SIZE,
      "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
      "Connection: %s\r\n\r\n%s\n",
      status, strlen(body) + 1, connection->last ? "close" : "keep-alive", body);
}

static void refuse(struct connection *connection, const char *status) {
  connection->last = true;
  respond(connection, status, status);
}

static void respond_answer(struct connection *connection, uint64_t instance) {
  char body[ANSWER_SIZE];
  write_answer(body, connection->sequence, instance);
  respond(connection, "200 OK", body);
}

/* Header lines that matter: whether to keep the connection, and that no body follows. */
static bool read_headers(struct connection *connection, char *line) {
  while (*line) {
    char *end = strstr(line, "\r\n");
    *end = '\0';
    char *colon = strchr(line, ':');
    if (!colon || colon == line) return false;
    *colon = '\0';
    if (line[strcspn(line, " \t")] != '\0') return false;
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    if (strcasecmp(line, "Connection") == 0) {
      if (strcasestr(value, "close")) connection->last = true;
      if (strcasestr(value, "keep-alive")) connection->last = false;
    }
    if (strcasecmp(line, "Transfer-Encoding") == 0) return false;
    if (strcasecmp(line, "Content-Length") == 0 && strcmp(value, "0") != 0) return false;
    line = end + 2;
  }
  return true;
}

/* The head stands NUL-terminated behind its last header line's end. */
static void answer_head(struct connection *connection, char *head, uint64_t instance) {
  char *end = strstr(head, "\r\n");
  *end = '\0';
  char *target = strchr(head, ' ');
  char *version = target ? strchr(target + 1, ' ') : NULL;
  if (!version) return refuse(connection, "400 Bad Request");
  *target++ = '\0';
  *version++ = '\0';
  const bool http10 = strcmp(version, "HTTP/1.0") == 0;
  if (!http10 && strcmp(version, "HTTP/1.1") != 0) return refuse(connection, "400 Bad Request");
  connection->last = http10;
  if (!read_headers(connection, end + 2)) return refuse(connection, "400 Bad Request");
  if (strcmp(head, "GET") != 0) return refuse(connection, "405 Method Not Allowed");

  uint64_t sequence = 0;
  if (strncmp(target, "/?seq=", 6) == 0) {
    if (!parse_number(target + 6, strlen(target + 6), &sequence))
      return refuse(connection, "400 Bad Request");
  } else if (strcmp(target, "/") != 0) {
    return respond(connection, "404 Not Found", "404 Not Found");
  }
  connection->sequence = sequence;
  if (!bound_take(&connection->due)) return refuse(connection, "503 Service Unavailable");
  if (connection->due == 0) respond_answer(connection, instance);
}

/* Answers the first complete request in the buffer; false if there is none yet, or its answer is due
   later. */
static bool answer_next(struct connection *connection, uint64_t instance) {
  char *end = memmem(connection->head, connection->head_length, "\r\n\r\n", 4);
  if (!end) {
    if (connection->head_length < HEAD_SIZE) return false;
    refuse(connection, "431 Request Header Fields Too Large");
    return true;
  }
  const size_t length = (size_t)(end + 4 - connection->head);
  if (memchr(connection->head, '\0', length)) {
    refuse(connection, "400 Bad Request");
    return true;
  }
  end[2] = '\0';
  answer_head(connection, connection->head, instance);
  connection->head_length -= length;
  memmove(connection->head, connection->head + length, connection->head_length);
  return connection->due == 0;
}

/* True once the whole response is out. */
static bool flush(struct connection *connection) {
  while (connection->response_sent < connection->response_length) {
    const ssize_t sent =
        send(connection->fd, connection->response + connection->response_sent,
             connection->response_length - connection->response_sent, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) close_connection(connection);
      return false;
    }
    connection->response_sent += (size_t)sent;
  }
  connection->response_length = connection->response_sent = 0;
  return true;
}

static void watch(struct connection *connection, int epoll, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

/* False if there is nothing to read now, or the connection is gone. */
static bool fill(struct connection *connection) {
  char discarded[HEAD_SIZE];
  const ssize_t got =
      connection->drained
          ? recv(connection->fd, discarded, sizeof discarded, 0)
          : recv(connection->fd, connection->head + connection->head_length,
                 HEAD_SIZE - connection->head_length, 0);
  if (got < 0 && errno == EAGAIN) return false;
  if (got <= 0) {
    close_connection(connection);
    return false;
  }
  if (!connection->drained) connection->head_length += (size_t)got;
  return true;
}

/* Sends what is to be sent, and answers what else was asked.
   waited: for the peer to read. */
static void go_on(struct connection *connection, bool waited, int timer, int epoll,
                  uint64_t instance) {
  do {
    if (!flush(connection)) {
      if (connection->fd != 0) watch(connection, epoll, EPOLLOUT);
      return;
    }
    if (connection->last) {
      connection->drained = true;
      shutdown(connection->fd, SHUT_WR);
      watch(connection, epoll, EPOLLIN);
      return;
    }
  } while (answer_next(connection, instance));
  if (connection->due != 0) {
    watch(connection, epoll, 0); /* now its peer can only leave */
    if (armed == 0) arm(timer, connection->due);
  } else if (waited) {
    watch(connection, epoll, EPOLLIN);
  }
}

void http_serve(struct connection *connection, int timer, int epoll, uint64_t instance) {
  if (connection->fd == 0) return; /* its place was freed by another event of this batch */
  if (connection->due != 0) return close_connection(connection);
  connection->used = monotonic_ns();
  /* A peer that asks without reading is read no further until its answer is out. */
  const bool waited = connection->response_length > 0;
  if (!waited && !fill(connection)) return;
  if (!connection->drained) go_on(connection, waited, timer, epoll, instance);
}

void http_answer_due(int timer, int epoll, uint64_t instance) {
  uint64_t times, next = 0;
  if (read(timer, &times, sizeof times) < 0) return;
  armed = 0;
  const uint64_t now = monotonic_ns();
  for (struct connection *each = connections; each < connections + CONNECTIONS; each++) {
    if (each->fd == 0 || each->due == 0 || each->due > now) continue;
    each->due = 0;
    each->used = now;
    respond_answer(each, instance);
    go_on(each, true, timer, epoll, instance);
  }
  for (struct connection *each = connections; each < connections + CONNECTIONS; each++)
    if (each->fd != 0 && each->due != 0 && (next == 0 || each->due < next)) next = each->due;
  if (next != 0) arm(timer, next);
}
