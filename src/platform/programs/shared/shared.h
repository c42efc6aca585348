/* What the program for guests and the program for hosts have in common. */
#ifndef VG_SHARED_H
#define VG_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Named in every message; each program defines its own. */
extern const char program_name[];

/* Exit codes. */
enum {
  EXIT_GOOD = 0,
  EXIT_FAILED = 1,
  EXIT_USAGE = 2,
  EXIT_IO_ERROR = 3, /* EIO: the disk failed */
  EXIT_NO_SPACE = 4, /* ENOSPC, EDQUOT: the storage is full */
};

/* ---- options.c: command lines ---- */

enum { MOST_VALUES = 8 };

/* What an option that may be repeated was given, in order; NULL behind the last. */
typedef const char *value_list[MOST_VALUES + 1];

struct option_spec {
  const char *name;    /* with its two dashes */
  const char **string; /* takes a value, or */
  value_list *list;    /* takes a value each time, or */
  uint64_t *number;    /* takes a whole number, or */
  bool *flag;          /* takes none */
};

/* Reads `--name value` pairs; the list of options ends with a name of NULL. Ends the program with
   EXIT_USAGE and one line if one is unknown, lacks its value or is no whole number. */
void parse_options(const char *command, char **arguments, const struct option_spec *options);

/* Prints `PROGRAM COMMAND: …` as one line and ends the program with EXIT_USAGE. */
_Noreturn void usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints `PROGRAM COMMAND: what: reason` and ends the program with the code that suits errno. */
_Noreturn void fail(const char *command, const char *what, int error);

/* Decimal digits only, no sign, no space, no overflow. */
bool parse_number(const char *text, size_t length, uint64_t *number);

/* ---- clock.c ---- */

uint64_t monotonic_ns(void); /* stands still while the guest is paused */
uint64_t realtime_ns(void);
uint64_t boottime_ns(void);

/* Sleeps until monotonic_ns() reaches the moment; signals do not shorten it. */
void sleep_until(uint64_t moment_ns);

/* ---- address.c ---- */

union address {
  struct sockaddr any;
  struct sockaddr_storage room;
};

/* `192.0.2.1:7000`, `[2001:db8::1]:7000` or `[fe80::1%eth0]:7000` → an address and its size; 0 if it
   is none of them. Names would need libraries that a static program cannot carry. */
socklen_t parse_address(const char *text, union address *address);

#endif
