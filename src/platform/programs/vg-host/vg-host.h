/* What runs on hosts to watch a guest from outside: one program, one subcommand a file. */
#ifndef VG_HOST_H
#define VG_HOST_H

#include "../shared/shared.h"

/* ---- stop.c: when to end ---- */

/* Whoever started us ends us by SIGTERM, or by going away: then our standard input ends. */
void watch_for_stop(void);
bool stop_asked(void);

/* ---- output.c: records, one a line, on standard output ---- */

/* Never waits for a reader unless megabytes are unread. */
void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Hands over what the reader takes without waiting. */
void put_out(void);
/* Hands over all, waiting at most some seconds for the reader. */
void put_out_last(void);

/* ---- wall.c: kernel stamps are of the wall clock, schedules of the monotonic one ---- */

struct wall {
  int64_t ahead; /* wall clock minus monotonic clock, in ns */
};

void fit_wall(struct wall *wall);
/* Follows if the wall clock was set since; returns by how much, in ns, 0 if it was not. */
int64_t refit_wall(struct wall *wall);

/* ---- schedule.c: when each request is due ---- */

struct schedule {
  uint64_t origin; /* monotonic ns at which request 0 is due */
  uint64_t rate;   /* requests a second */
};

/* Ends the program with EXIT_USAGE if there can be no such rate. */
struct schedule make_schedule(const char *command, uint64_t rate, uint64_t most);
uint64_t due_at(const struct schedule *schedule, uint64_t sequence);

/* ---- answer.c: what the guest's service says ---- */

enum { ANSWER_SIZE = 128, INSTANCE_LENGTH = 16 };

struct answer {
  uint64_t sequence;
  char instance[INSTANCE_LENGTH + 1];
  uint64_t monotonic;
  uint64_t realtime;
};

/* `VG1 <seq> <instance> <CLOCK_MONOTONIC ns> <CLOCK_REALTIME ns>`, with at most one line end. */
bool parse_answer(const char *text, size_t length, struct answer *answer);

/* ---- probe_socket.c: requests and answers by UDP, stamped by the kernel ---- */

struct probe_socket {
  int fd;
  union address to;
  socklen_t size;
  uint16_t own_port;
  uint32_t dropped; /* answers that the kernel threw away, for want of room */
};

/* Ends the program on failure. `device` may be NULL. */
void open_probe_socket(struct probe_socket *probe, const char *target, const char *device);
/* 0, or what went wrong, an errno. */
int send_request(const struct probe_socket *probe, uint64_t sequence);
/* Calls back for each answer that has come; `stamp` is ns of the wall clock, 0 if there is none. */
void take_answers(struct probe_socket *probe,
                  void (*take)(void *context, const struct answer *answer, uint64_t stamp),
                  void *context);
/* Calls back for each request that has left meanwhile, where the kernel tells. */
void take_departures(struct probe_socket *probe,
                     void (*take)(void *context, uint64_t sequence, uint64_t stamp),
                     void *context);

/* ---- http_exchange.c: one GET on a connection of its own ---- */

struct exchange {
  int fd;
  uint64_t sequence;
  unsigned target;
  const char *authority; /* for the Host header */
  const char *page;      /* of a service that is not ours: any answer will do; NULL: it is ours */
  uint64_t deadline;
  uint64_t started, connected, first, complete; /* monotonic ns, 0: not yet */
  unsigned status;
  char instance[INSTANCE_LENGTH + 1];
  size_t length;
  char response[1024];
};

enum progress {
  PROGRESS_WAIT,   /* for the next event */
  PROGRESS_ANSWER, /* complete; the peer will close */
  PROGRESS_CLOSED, /* by the peer, after the answer */
  PROGRESS_FAILED,
};

/* Begins to connect; 0, or an errno. */
int begin_exchange(struct exchange *exchange, const union address *to, socklen_t size);
/* Goes on after an event; `why` is set if it failed. */
enum progress continue_exchange(struct exchange *exchange, const char **why);

/* ---- the subcommands: arguments after the name → exit code ---- */

int probe(char **arguments);
int http(char **arguments);
int guard(char **arguments);
/* Takes a network interface down for a while: `vg-cut 1 down=BEFORE,AFTER up=BEFORE,AFTER`, in ns of
   the wall clock. */
int cut(char **arguments);
/* A short job on a storage: some requests of a few sizes on FILE, how long they took as one line of
   JSON, in seconds and bytes a second. */
int sentinel(char **arguments);
/* Sends ranges of a disk to an NBD export. */
int copy_disk(char **arguments);
int data_ranges(char **arguments);
/* Prints at how many kHz the processor's time stamp counter runs. */
int tsc_rate(char **arguments);
/* Brings a disk that is in use to an NBD server. Asked line by line on standard input: `pass` brings
   over what was written since the pass before began, all at first, and wherever that is not known;
   `map` tells what that is instead; `mark OFFSET BYTES` adds to it. Answers are lines of JSON. */
int carry(char **arguments);
/* Prints what a trace of the kernel on standard input (of one processor) says to be written. */
int read_trace_file(char **arguments);

#endif
