#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "shared.h"

static socklen_t parse_ipv4(const char *host, uint16_t port, union address *address) {
  struct sockaddr_in *to = (struct sockaddr_in *)&address->room;
  *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
  return inet_pton(AF_INET, host, &to->sin_addr) == 1 ? sizeof *to : 0;
}

static socklen_t parse_ipv6(char *host, uint16_t port, union address *address) {
  struct sockaddr_in6 *to = (struct sockaddr_in6 *)&address->room;
  *to = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
  char *interface = strchr(host, '%');
  if (interface) {
    *interface++ = '\0';
    to->sin6_scope_id = if_nametoindex(interface);
    if (to->sin6_scope_id == 0) return 0;
  }
  return inet_pton(AF_INET6, host, &to->sin6_addr) == 1 ? sizeof *to : 0;
}

socklen_t parse_address(const char *text, union address *address) {
  char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 3];
  const char *colon = strrchr(text, ':');
  const size_t length = colon ? (size_t)(colon - text) : 0;
  uint64_t port;
  if (length < 3 || length >= sizeof host) return 0;
  if (!parse_number(colon + 1, strlen(colon + 1), &port) || port == 0 || port > 65535) return 0;
  memcpy(host, text, length);
  host[length] = '\0';
  if (host[0] != '[' || host[length - 1] != ']') return parse_ipv4(host, (uint16_t)port, address);
  host[length - 1] = '\0';
  return parse_ipv6(host + 1, (uint16_t)port, address);
}
