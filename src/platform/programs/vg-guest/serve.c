#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "vg-guest.h"

enum { EVENTS = 64, ACCEPTS = 64 };

static void watch(int epoll, int fd, void *mark) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("serve", "epoll_ctl", errno);
}

static void run(int epoll, int *udp, int *http, int *timer, int *control, uint64_t instance) {
  struct epoll_event events[EVENTS];
  for (;;) {
    const int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      void *mark = events[i].data.ptr;
      if (mark == udp) {
        udp_answer(*udp, instance);
      } else if (mark == http) {
        for (int j = 0; j < ACCEPTS && http_accept(*http, epoll); j++) continue;
      } else if (mark == timer) {
        http_answer_due(*timer, epoll, instance);
      } else if (mark == control) {
        control_answer(*control, &instance);
      } else {
        http_serve(mark, *timer, epoll, instance);
      }
    }
  }
}

int serve(char **arguments) {
  uint64_t udp_port = 0, http_port = 0, rate = 0, backlog = 1000;
  const char *interface = NULL, *control_path = NULL;
  parse_options("serve", arguments,
                (const struct option_spec[]){
                    {.name = "--udp", .number = &udp_port},
                    {.name = "--http", .number = &http_port},
                    {.name = "--announce", .string = &interface},
                    {.name = "--control", .string = &control_path},
                    {.name = "--rate", .number = &rate},
                    {.name = "--backlog", .number = &backlog},
                    {0},
                });
  if (udp_port > 65535) usage_error("serve", "--udp: expected a port from 1 to 65535");
  if (http_port > 65535) usage_error("serve", "--http: expected a port from 1 to 65535");
  if (udp_port == 0 && http_port == 0) usage_error("serve", "expected --udp PORT or --http PORT");

  const uint64_t instance = new_instance();
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("serve", "epoll_create1", errno);
  int udp = -1, http = -1, timer = -1, control = -1;
  bound_service(rate, backlog);
  if (udp_port != 0) watch(epoll, udp = udp_open(udp_port), &udp);
  if (http_port != 0) {
    watch(epoll, http = http_open(http_port), &http);
    watch(epoll, timer = http_timer_open(), &timer);
  }
  if (control_path) watch(epoll, control = control_open(control_path), &control);

  const uint64_t ready = monotonic_ns();
  /* First the frame: a line on a serial console takes milliseconds. */
  if (interface) announce("serve", interface);
  printf("vg-service ready %.6f\n", (double)ready / 1e9);
  fflush(stdout);
  run(epoll, &udp, &http, &timer, &control, instance);
  return EXIT_GOOD;
}
