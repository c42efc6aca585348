/* What runs inside guests: one program, one subcommand a file. */
#ifndef VG_GUEST_H
#define VG_GUEST_H

#include "../shared/shared.h"

/* ---- instance.c ---- */

/* 64 random bits: who answers. Made once at program start, so a live migration keeps it and a
   reboot changes it. */
uint64_t new_instance(void);

/* 16 hexadecimal digits, as the service writes it. */
bool parse_instance(const char *text, uint64_t *instance);

/* ---- answer.c: what the service says ---- */

enum { ANSWER_SIZE = 128 };

/* `VG1 <seq> <instance> <CLOCK_MONOTONIC ns> <CLOCK_REALTIME ns>`; returns its length. */
size_t write_answer(char answer[ANSWER_SIZE], uint64_t sequence, uint64_t instance);

/* `VG1 <seq>`, with at most one line end behind it. */
bool parse_request(const char *text, size_t length, uint64_t *sequence);

/* ---- listen.c, udp.c, http.c, announce.c: parts of `serve` ---- */

/* A bound, non-blocking socket for IPv4 and IPv6 (only IPv4 where the kernel has no IPv6). */
int bind_dual_stack(const char *command, int type, uint64_t port, int *family);

int udp_open(uint64_t port);
void udp_answer(int udp, uint64_t instance);

struct connection;
int http_open(uint64_t port);
/* By it answers of a bounded service are due. */
int http_timer_open(void);
void http_answer_due(int timer, int epoll, uint64_t instance);
/* The new connection, or NULL if there was none. Watches it with the epoll instance. */
struct connection *http_accept(int http, int epoll);
void http_serve(struct connection *connection, int timer, int epoll, uint64_t instance);

/* ---- bound.c: a web service that can do only so much, one request after the other ---- */

/* From now on `rate` requests a second; who would wait longer than the backlog is refused. Rate 0: no
   bound, as at the start. */
void bound_service(uint64_t rate, uint64_t backlog_ms);

/* When the answer to a request that came now is due on monotonic_ns(), 0: at once; false: refused. */
bool bound_take(uint64_t *due);

/* Sends one frame from the interface, so that switches relearn where its address lives. Says on
   stderr if it cannot. */
void announce(const char *command, const char *interface);

/* ---- control.c: what a service is told while it runs ---- */

enum { INSTANCE_SIZE = 32, ORDER_SIZE = 64 };

/* A unix socket that takes the text of a new instance (of a guest that was restored from a saved
   state and becomes another), or `bound RATE BACKLOG_MS`, and gives it back. */
int control_open(const char *path);
void control_answer(int control, uint64_t *instance);

/* The other end; false, with errno, if the service did not take it. */
bool tell_service(const char *command, const char *path, const char *text);

/* ---- entropy.c, interface.c: parts of `identity` ---- */

enum { ENTROPY_BYTES = 64 };

/* Puts random bytes into the kernel's pool and lets its generator take them at once: guests of one
   saved state would otherwise get the same "random" numbers. Ends the program on failure. */
void add_entropy(const char *command, const char *text);

/* Gives an interface MAC and IPv4 address (either may be NULL), down and up again. Ends the program
   on failure. */
void configure_interface(const char *command, const char *name, const char *mac,
                         const char *address);

/* ---- record.c: what the write witness writes ---- */

enum { RECORD_SIZE = 4096 };

struct record {
  char magic[8];
  uint64_t sequence;
  uint64_t instance;
  uint64_t realtime;
  uint64_t checksum; /* FNV-1a, 64 bits, of the record with this field 0 */
  uint64_t filler[(RECORD_SIZE - 40) / 8];
};
_Static_assert(sizeof(struct record) == RECORD_SIZE, "a record is one block");

enum record_state { RECORD_EMPTY, RECORD_VALID, RECORD_CORRUPT };

void make_record(struct record *record, uint64_t sequence, uint64_t instance);
enum record_state judge_record(const struct record *record);

/* ---- target.c: the file or block device of the write witness ---- */

struct target {
  const char *command;
  const char *path;
  int fd;
  uint64_t offset; /* bytes, a multiple of RECORD_SIZE */
  uint64_t slots;  /* number n lives in slot n % slots */
};

enum access {
  ACCESS_WRITE,     /* creates a regular file; past the cache, like */
  ACCESS_READ,      /* this */
  ACCESS_READ_COPY, /* what was copied out of an image, past the cache, may come from the cache */
};

/* Opens it. Ends the program on failure. */
void open_target(struct target *target, const char *command, const char *path, uint64_t offset,
                 uint64_t bytes, enum access access);
/* Memory that O_DIRECT accepts. Never fails. */
void *aligned_memory(size_t size);

/* ---- witness_log.c: when each write was completed, kept in memory ---- */

struct log_entry {
  uint64_t sequence;  /* 0: none yet */
  uint64_t completed; /* monotonic_ns() after the write was synced */
};

/* The last entries, number n in place n % count, in a file that others may read at any time. */
struct log {
  struct log_entry *entries;
  uint64_t count; /* 0: no log */
};

/* Makes the file anew. Ends the program on failure. */
void open_log(struct log *log, const char *path, uint64_t entries);
void log_write(struct log *log, uint64_t sequence, uint64_t completed);

/* ---- the subcommands: arguments after the name → exit code ---- */

int serve(char **arguments);
int dirty(char **arguments);
int witness(char **arguments);
int witness_check(char **arguments);
int identity(char **arguments);
int init_mark(char **arguments);
int load_modules(char **arguments);
int agent_bridge(char **arguments);
int bound(char **arguments);
int await_devices(char **arguments);

#endif
