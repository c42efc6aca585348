#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "vg-host.h"

/* Answers wait in the kernel, stamped: they need not be read at once. */
static const uint64_t read_every = 10000000u, write_every = 50000000u, linger = 250000000u;

enum { SENDS_IN_A_ROW = 256, HIGHEST_RATE = 100000 };

struct watch {
  struct schedule schedule;
  struct wall wall;
  struct probe_socket *socket;
  unsigned target;
  uint64_t answers;
};

/* Nanoseconds since the origin of the schedule. */
static int64_t since_origin(const struct watch *watch, uint64_t wall_stamp) {
  return (int64_t)wall_stamp - watch->wall.ahead - (int64_t)watch->schedule.origin;
}

static void put_answer(void *context, const struct answer *answer, uint64_t stamp) {
  struct watch *watch = context;
  watch->answers++;
  put("a %" PRIu64 " %u %" PRId64 " %s %" PRIu64 " %" PRIu64 "\n", answer->sequence,
      watch->target, since_origin(watch, stamp != 0 ? stamp : realtime_ns()), answer->instance,
      answer->monotonic, answer->realtime);
}

static void put_departure(void *context, uint64_t sequence, uint64_t stamp) {
  const struct watch *watch = context;
  const int64_t due = (int64_t)(due_at(&watch->schedule, sequence) - watch->schedule.origin);
  put("d %" PRIu64 " %u %" PRId64 "\n", sequence, watch->target, since_origin(watch, stamp) - due);
}

static void read_all(struct watch *watch, struct probe_socket *sockets, unsigned count) {
  const int64_t set = refit_wall(&watch->wall);
  if (set != 0) put("w %" PRIu64 " %" PRId64 "\n", monotonic_ns() - watch->schedule.origin, set);
  for (watch->target = 0; watch->target < count; watch->target++) {
    take_departures(&sockets[watch->target], put_departure, watch);
    take_answers(&sockets[watch->target], put_answer, watch);
  }
}

static void ask(const struct watch *watch, const struct probe_socket *sockets, unsigned count,
                uint64_t sequence) {
  const uint64_t due = due_at(&watch->schedule, sequence);
  for (unsigned target = 0; target < count; target++) {
    const uint64_t late = monotonic_ns() - due;
    const int error = send_request(&sockets[target], sequence);
    if (error == 0)
      put("s %" PRIu64 " %u %" PRIu64 "\n", sequence, target, late);
    else
      put("e %" PRIu64 " %u %d\n", sequence, target, error);
  }
}

/* On a busy machine an ordinary process waits for its turn longer than the outages that it shall
   see. It asks for less than a tenth of a CPU. */
static bool run_at_once(void) {
  const struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};
  prctl(PR_SET_TIMERSLACK, 1);
  return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest) == 0;
}

static uint64_t earliest(uint64_t a, uint64_t b) { return a < b ? a : b; }

int probe(char **arguments) {
  value_list targets = {0};
  uint64_t rate = 1000;
  const char *device = NULL;
  parse_options("probe", arguments,
                (const struct option_spec[]){
                    {.name = "--target", .list = &targets},
                    {.name = "--rate", .number = &rate},
                    {.name = "--bind-device", .string = &device},
                    {0},
                });
  if (!targets[0]) usage_error("probe", "expected --target ADDRESS:PORT");
  struct watch watch = {0};
  struct probe_socket sockets[MOST_VALUES];
  unsigned count = 0;
  for (; targets[count]; count++) open_probe_socket(&sockets[count], targets[count], device);
  watch_for_stop();
  const bool at_once = run_at_once();
  fit_wall(&watch.wall);

  watch.schedule = make_schedule("probe", rate, HIGHEST_RATE);
  put("vg-probe 1 origin=%" PRIu64 " rate=%" PRIu64 " realtime=%d ports=",
      watch.schedule.origin + (uint64_t)watch.wall.ahead, rate, at_once);
  for (unsigned i = 0; i < count; i++) put(i ? ",%u" : "%u", sockets[i].own_port);
  put("\n");
  put_out();

  uint64_t next = 0, read_at = 0, write_at = 0, end_at = UINT64_MAX;
  for (;;) {
    uint64_t now = monotonic_ns();
    const bool asking = end_at == UINT64_MAX;
    for (int i = 0; asking && i < SENDS_IN_A_ROW && due_at(&watch.schedule, next) <= now; i++)
      ask(&watch, sockets, count, next++);
    if (now >= read_at || now >= end_at) {
      read_all(&watch, sockets, count);
      read_at = now + read_every;
    }
    if (now >= end_at) break;
    if (now >= write_at) {
      put_out();
      write_at = now + write_every;
      if (asking && stop_asked()) end_at = now + linger;
    }
    const uint64_t soon = earliest(earliest(read_at, write_at), end_at);
    sleep_until(asking ? earliest(soon, due_at(&watch.schedule, next)) : soon);
  }
  uint64_t dropped = 0;
  for (unsigned i = 0; i < count; i++) dropped += sockets[i].dropped;
  put("end %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", next, watch.answers, dropped);
  put_out_last();
  return EXIT_GOOD;
}
