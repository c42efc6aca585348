#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vg-guest.h"

static void set(int fd, unsigned long what, struct ifreq *request, const char *command) {
  if (ioctl(fd, what, request) < 0) fail(command, request->ifr_name, errno);
}

static void set_flag(int fd, struct ifreq *request, bool up, const char *command) {
  set(fd, SIOCGIFFLAGS, request, command);
  request->ifr_flags = (short)(up ? request->ifr_flags | IFF_UP : request->ifr_flags & ~IFF_UP);
  set(fd, SIOCSIFFLAGS, request, command);
}

static void set_mac(int fd, struct ifreq *request, const char *mac, const char *command) {
  struct ether_addr address;
  if (!ether_aton_r(mac, &address))
    usage_error(command, "--mac: expected six hexadecimal bytes such as 52:54:00:12:34:56, got %s",
                mac);
  request->ifr_hwaddr.sa_family = ARPHRD_ETHER;
  memcpy(request->ifr_hwaddr.sa_data, &address, ETH_ALEN);
  set(fd, SIOCSIFHWADDR, request, command);
}

static void set_ipv4(int fd, unsigned long what, struct ifreq *request, struct in_addr value,
                     const char *command) {
  struct sockaddr_in *address = (struct sockaddr_in *)&request->ifr_addr;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = value};
  set(fd, what, request, command);
}

static void set_address(int fd, struct ifreq *request, const char *text, const char *command) {
  char host[INET_ADDRSTRLEN] = "";
  struct in_addr address;
  uint64_t prefix = 0;
  const char *slash = strchr(text, '/');
  if (slash && (size_t)(slash - text) < sizeof host) memcpy(host, text, (size_t)(slash - text));
  if (!slash || inet_pton(AF_INET, host, &address) != 1 ||
      !parse_number(slash + 1, strlen(slash + 1), &prefix) || prefix < 1 || prefix > 32)
    usage_error(command, "--address: expected an IPv4 address such as 10.0.2.15/24, got %s", text);
  set_ipv4(fd, SIOCSIFADDR, request, address, command);
  const struct in_addr mask = {.s_addr = htonl(UINT32_MAX << (32 - prefix))};
  set_ipv4(fd, SIOCSIFNETMASK, request, mask, command);
}

void configure_interface(const char *command, const char *name, const char *mac,
                         const char *address) {
  struct ifreq request = {0};
  if (strlen(name) >= sizeof request.ifr_name)
    usage_error(command, "--interface: expected a shorter name, got %s", name);
  strcpy(request.ifr_name, name);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail(command, name, errno);
  /* The link-local address follows from the MAC when the interface comes up. */
  set_flag(fd, &request, false, command);
  if (mac) set_mac(fd, &request, mac, command);
  if (address) set_address(fd, &request, address, command);
  set_flag(fd, &request, true, command);
  close(fd);
}
