#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "vg-host.h"

static const uint64_t write_every = 50000000u, millisecond = 1000000u;

enum { EVENTS = 64, BEGUN_IN_A_ROW = 64, HIGHEST_RATE = 10000, LONGEST_TIMEOUT_MS = 600000, LONGEST_PAGE = 150 };

/* In order of their deadlines, which is the order in which they were due. */
struct entry {
  struct exchange exchange;
  TAILQ_ENTRY(entry) place;
};
TAILQ_HEAD(entries, entry);

struct load {
  struct schedule schedule;
  uint64_t timeout;
  value_list names;
  const char *page;
  union address targets[MOST_VALUES];
  socklen_t sizes[MOST_VALUES];
  int epoll, timer;
  struct entries open;
};

static uint64_t since(const struct load *load, uint64_t moment) {
  return moment == 0 ? 0 : moment - load->schedule.origin;
}

static void put_failure(const struct load *load, const struct exchange *exchange, const char *why) {
  put("f %" PRIu64 " %u %" PRIu64 " %" PRIu64 " %s\n", exchange->sequence, exchange->target,
      since(load, exchange->started), since(load, monotonic_ns()), why ? why : "unknown");
}

static void put_answer(const struct load *load, const struct exchange *exchange) {
  put("r %" PRIu64 " %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %s\n",
      exchange->sequence, exchange->target, since(load, exchange->started),
      since(load, exchange->connected), since(load, exchange->first),
      since(load, exchange->complete), exchange->status,
      exchange->instance[0] ? exchange->instance : "-");
}

/* The service closes first, so that no port of ours waits for stragglers; where it does not, we
   reset, for the same reason. */
static void end(struct load *load, struct entry *entry, bool reset) {
  const struct linger none = {.l_onoff = 1};
  if (entry->exchange.fd >= 0) {
    if (reset) setsockopt(entry->exchange.fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(entry->exchange.fd);
  }
  TAILQ_REMOVE(&load->open, entry, place);
  free(entry);
}

static void watch(const struct load *load, struct entry *entry, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = entry};
  if (epoll_ctl(load->epoll, operation, entry->exchange.fd, &event) < 0)
    fail("http", "epoll_ctl", errno);
}

static void begin(struct load *load, uint64_t sequence, unsigned target) {
  struct entry *entry = calloc(1, sizeof *entry);
  if (!entry) fail("http", "memory", ENOMEM);
  entry->exchange.sequence = sequence;
  entry->exchange.target = target;
  entry->exchange.authority = load->names[target];
  entry->exchange.page = load->page;
  entry->exchange.deadline = due_at(&load->schedule, sequence) + load->timeout;
  TAILQ_INSERT_TAIL(&load->open, entry, place);
  const int error = begin_exchange(&entry->exchange, &load->targets[target], load->sizes[target]);
  if (error == 0) return watch(load, entry, EPOLL_CTL_ADD, EPOLLOUT);
  put_failure(load, &entry->exchange, strerrorname_np(error));
  end(load, entry, true);
}

static void go_on(struct load *load, struct entry *entry) {
  const bool was_connected = entry->exchange.connected != 0;
  const char *why = NULL;
  switch (continue_exchange(&entry->exchange, &why)) {
    case PROGRESS_WAIT:
      if (!was_connected) watch(load, entry, EPOLL_CTL_MOD, EPOLLIN);
      return;
    case PROGRESS_ANSWER:
      put_answer(load, &entry->exchange);
      return;
    case PROGRESS_CLOSED:
      return end(load, entry, false);
    case PROGRESS_FAILED:
      if (entry->exchange.complete == 0) put_failure(load, &entry->exchange, why);
      return end(load, entry, true);
  }
}

static void give_up(struct load *load, uint64_t now) {
  struct entry *entry;
  while ((entry = TAILQ_FIRST(&load->open)) && entry->exchange.deadline <= now) {
    if (entry->exchange.complete == 0) put_failure(load, &entry->exchange, "timeout");
    end(load, entry, true);
  }
}

static bool all_answered(const struct load *load) {
  struct entry *entry;
  TAILQ_FOREACH(entry, &load->open, place)
    if (entry->exchange.complete == 0) return false;
  return true;
}

static void sleep_or_serve(struct load *load, uint64_t until) {
  const struct itimerspec moment = {.it_value = {.tv_sec = (time_t)(until / 1000000000u),
                                                 .tv_nsec = (long)(until % 1000000000u)}};
  timerfd_settime(load->timer, TFD_TIMER_ABSTIME, &moment, NULL);
  struct epoll_event events[EVENTS];
  const int count = epoll_wait(load->epoll, events, EVENTS, -1);
  for (int i = 0; i < count; i++) {
    uint64_t ignored;
    if (events[i].data.ptr)
      go_on(load, events[i].data.ptr);
    else if (read(load->timer, &ignored, sizeof ignored) < 0)
      continue;
  }
}

/* Every exchange in flight is a descriptor. */
static void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void prepare(struct load *load) {
  if (!load->names[0]) usage_error("http", "expected --target ADDRESS:PORT");
  for (unsigned i = 0; load->names[i]; i++) {
    load->sizes[i] = parse_address(load->names[i], &load->targets[i]);
    if (load->sizes[i] == 0)
      usage_error("http", "--target: expected ADDRESS:PORT or [ADDRESS]:PORT, got \"%s\"",
                  load->names[i]);
  }
  TAILQ_INIT(&load->open);
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  load->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  if (load->epoll < 0 || load->timer < 0 ||
      epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->timer, &event) < 0)
    fail("http", "epoll", errno);
  raise_descriptors();
  watch_for_stop();
}

/* Goes on until all that was asked is answered or given up. */
static uint64_t run(struct load *load) {
  uint64_t next = 0, write_at = 0;
  for (bool asking = true; asking || !all_answered(load);) {
    const uint64_t now = monotonic_ns();
    for (int i = 0; asking && i < BEGUN_IN_A_ROW && due_at(&load->schedule, next) <= now; i++) {
      for (unsigned target = 0; load->names[target]; target++) begin(load, next, target);
      next++;
    }
    give_up(load, now);
    if (now >= write_at) {
      put_out();
      write_at = now + write_every;
      asking = asking && !stop_asked();
    }
    uint64_t wake = write_at;
    if (asking && due_at(&load->schedule, next) < wake) wake = due_at(&load->schedule, next);
    sleep_or_serve(load, wake);
  }
  return next;
}

int http(char **arguments) {
  static struct load load;
  uint64_t rate = 100, timeout = 5000;
  parse_options("http", arguments,
                (const struct option_spec[]){
                    {.name = "--target", .list = &load.names},
                    {.name = "--rate", .number = &rate},
                    {.name = "--timeout", .number = &timeout},
                    {.name = "--page", .string = &load.page},
                    {0},
                });
  if (timeout == 0 || timeout > LONGEST_TIMEOUT_MS)
    usage_error("http", "--timeout: expected 1 to %d milliseconds", LONGEST_TIMEOUT_MS);
  if (load.page && (load.page[0] != '/' || strlen(load.page) > LONGEST_PAGE || strpbrk(load.page, " \r\n")))
    usage_error("http", "--page: expected a path of at most %d characters, without spaces", LONGEST_PAGE);
  load.timeout = timeout * millisecond;
  prepare(&load);
  struct wall wall;
  fit_wall(&wall);
  load.schedule = make_schedule("http", rate, HIGHEST_RATE);
  put("vg-http 1 origin=%" PRIu64 " rate=%" PRIu64 " timeout=%" PRIu64 "\n",
      load.schedule.origin + (uint64_t)wall.ahead, rate, load.timeout);
  put_out();
  put("end %" PRIu64 "\n", run(&load));
  put_out_last();
  return EXIT_GOOD;
}
