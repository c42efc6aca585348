#include <stdio.h>
#include <unistd.h>

#include "carry.h"

static void print(void *context, uint64_t sector, uint64_t sectors) {
  (void)context;
  printf("%llu %llu\n", (unsigned long long)sector, (unsigned long long)sectors);
}

int read_trace_file(char **arguments) {
  if (arguments[0]) usage_error("read-trace", "expected no arguments, got %s", arguments[0]);
  static struct trace_stream stream;
  unsigned char data[4096];
  bool whole = true;
  ssize_t length;
  while ((length = read(STDIN_FILENO, data, sizeof data)) > 0)
    if (!take_events(&stream, data, (size_t)length, print, NULL)) whole = false;
  printf("%s after %llu events\n", whole && stream.held == 0 ? "whole" : "lost",
         (unsigned long long)stream.events);
  return EXIT_GOOD;
}
