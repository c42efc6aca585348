#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared.h"

void usage_error(const char *command, const char *format, ...) {
  va_list values;
  va_start(values, format);
  fprintf(stderr, "%s %s: ", program_name, command);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  exit(EXIT_USAGE);
}

void fail(const char *command, const char *what, int error) {
  fprintf(stderr, "%s %s: %s: %s\n", program_name, command, what, strerror(error));
  switch (error) {
    case EIO:
      exit(EXIT_IO_ERROR);
    case ENOSPC:
    case EDQUOT:
      exit(EXIT_NO_SPACE);
    default:
      exit(EXIT_FAILED);
  }
}

bool parse_number(const char *text, size_t length, uint64_t *number) {
  if (length == 0) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    if (__builtin_mul_overflow(sum, 10u, &sum)) return false;
    if (__builtin_add_overflow(sum, (uint64_t)(text[i] - '0'), &sum)) return false;
  }
  *number = sum;
  return true;
}

static const struct option_spec *find(const struct option_spec *options, const char *name) {
  for (; options->name; options++)
    if (strcmp(options->name, name) == 0) return options;
  return NULL;
}

static void add_value(const char *command, const struct option_spec *option, const char *value) {
  const char **place = *option->list;
  const char **end = place + MOST_VALUES;
  while (*place) place++;
  if (place == end)
    usage_error(command, "%s: expected at most %d of them", option->name, MOST_VALUES);
  *place = value;
}

void parse_options(const char *command, char **arguments, const struct option_spec *options) {
  for (; *arguments; arguments++) {
    const struct option_spec *option = find(options, *arguments);
    if (!option) usage_error(command, "unknown option %s", *arguments);
    if (option->flag) {
      *option->flag = true;
      continue;
    }
    const char *value = *++arguments;
    if (!value) usage_error(command, "%s needs a value", option->name);
    if (option->string)
      *option->string = value;
    else if (option->list)
      add_value(command, option, value);
    else if (!parse_number(value, strlen(value), option->number))
      usage_error(command, "%s: expected a whole number, got \"%s\"", option->name, value);
  }
}
