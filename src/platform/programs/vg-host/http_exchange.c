#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vg-host.h"

int begin_exchange(struct exchange *exchange, const union address *to, socklen_t size) {
  exchange->fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (exchange->fd < 0) return errno;
  exchange->started = monotonic_ns();
  if (connect(exchange->fd, &to->any, size) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

/* Small enough to leave at once on a connection that is new. */
static bool send_get(const struct exchange *exchange) {
  char path[192], text[384];
  if (exchange->page)
    snprintf(path, sizeof path, "%s", exchange->page);
  else
    snprintf(path, sizeof path, "/?seq=%" PRIu64, exchange->sequence);
  const int length =
      snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
               exchange->authority);
  return send(exchange->fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

/* The length of head and body; 0 if the head is not whole yet or says no length. */
static size_t whole_length(const struct exchange *exchange, const char **body) {
  const char *end = strstr(exchange->response, "\r\n\r\n");
  const char *field = strcasestr(exchange->response, "\r\nContent-Length:");
  if (!end || !field || field > end) return 0;
  field += strlen("\r\nContent-Length:");
  field += strspn(field, " \t");
  uint64_t length;
  if (!parse_number(field, strcspn(field, " \t\r"), &length) || length > sizeof exchange->response)
    return 0;
  *body = end + 4;
  return (size_t)(*body - exchange->response) + length;
}

static unsigned status_of(const struct exchange *exchange) {
  uint64_t status = 0;
  if (strncmp(exchange->response, "HTTP/1.", 7) == 0 && exchange->response[8] == ' ')
    parse_number(exchange->response + 9, 3, &status);
  return (unsigned)status;
}

/* Whether the response is complete; sets the status, 0 if the answer is not to what was asked. Of a
   service that is not ours the head is enough. */
static bool read_response(struct exchange *exchange) {
  if (exchange->page) {
    exchange->status = status_of(exchange);
    return strstr(exchange->response, "\r\n\r\n") != NULL;
  }
  const char *body;
  const size_t whole = whole_length(exchange, &body);
  if (whole == 0 || exchange->length < whole) return false;
  const unsigned status = exchange->status = status_of(exchange);
  struct answer answer;
  if (status == 200) {
    if (parse_answer(body, whole - (size_t)(body - exchange->response), &answer) &&
        answer.sequence == exchange->sequence)
      memcpy(exchange->instance, answer.instance, sizeof exchange->instance);
    else
      exchange->status = 0;
  }
  return true;
}

static enum progress failed(const char **why, const char *name) {
  *why = name;
  return PROGRESS_FAILED;
}

static enum progress finish_connect(struct exchange *exchange, const char **why) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(exchange->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failed(why, strerrorname_np(error));
  exchange->connected = monotonic_ns();
  return send_get(exchange) ? PROGRESS_WAIT : failed(why, "not-sent");
}

enum progress continue_exchange(struct exchange *exchange, const char **why) {
  if (exchange->connected == 0) return finish_connect(exchange, why);
  for (;;) {
    const size_t room = sizeof exchange->response - 1 - exchange->length;
    const ssize_t got =
        recv(exchange->fd, exchange->response + exchange->length, room, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return PROGRESS_WAIT;
    /* What happens to the connection behind its answer is no part of the exchange. */
    if (exchange->complete != 0 && got <= 0) return PROGRESS_CLOSED;
    if (got < 0) return failed(why, strerrorname_np(errno));
    if (got == 0) return failed(why, "closed");
    if (exchange->first == 0) exchange->first = monotonic_ns();
    exchange->length += (size_t)got;
    exchange->response[exchange->length] = '\0';
    if (exchange->complete != 0) return failed(why, "not-http");
    if (read_response(exchange)) {
      if (exchange->status == 0) return failed(why, "wrong-answer");
      exchange->complete = monotonic_ns();
      return PROGRESS_ANSWER;
    }
    if (exchange->length == sizeof exchange->response - 1) return failed(why, "not-http");
  }
}
