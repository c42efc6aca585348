#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vg-guest.h"

struct arp_frame {
  struct ether_header ethernet;
  struct ether_arp arp;
};

/* An ARP announcement (RFC 5227, section 2.3): who has our own address, asked of everybody. Without
   an address it is a probe for 0.0.0.0, which tells a switch the same. */
static struct arp_frame announcement(const uint8_t mac[ETH_ALEN], struct in_addr address) {
  struct arp_frame frame = {
      .ethernet = {.ether_type = htons(ETHERTYPE_ARP)},
      .arp = {.ea_hdr = {.ar_hrd = htons(ARPHRD_ETHER),
                         .ar_pro = htons(ETHERTYPE_IP),
                         .ar_hln = ETH_ALEN,
                         .ar_pln = sizeof address,
                         .ar_op = htons(ARPOP_REQUEST)}},
  };
  memset(frame.ethernet.ether_dhost, 0xff, ETH_ALEN);
  memcpy(frame.ethernet.ether_shost, mac, ETH_ALEN);
  memcpy(frame.arp.arp_sha, mac, ETH_ALEN);
  memcpy(frame.arp.arp_spa, &address, sizeof address);
  memcpy(frame.arp.arp_tpa, &address, sizeof address);
  return frame;
}

static bool send_frame(int packet, const char *interface) {
  struct ifreq request = {0};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
  if (ioctl(packet, SIOCGIFINDEX, &request) < 0) return false;
  struct sockaddr_ll to = {
      .sll_family = AF_PACKET,
      .sll_protocol = htons(ETH_P_ARP),
      .sll_ifindex = request.ifr_ifindex,
      .sll_halen = ETH_ALEN,
  };
  memset(to.sll_addr, 0xff, ETH_ALEN);

  if (ioctl(packet, SIOCGIFHWADDR, &request) < 0) return false;
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
    errno = EPROTONOSUPPORT;
    return false;
  }
  uint8_t mac[ETH_ALEN];
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);

  struct in_addr address = {0};
  request.ifr_addr.sa_family = AF_INET;
  if (ioctl(packet, SIOCGIFADDR, &request) == 0)
    address = ((struct sockaddr_in *)&request.ifr_addr)->sin_addr;

  const struct arp_frame frame = announcement(mac, address);
  return sendto(packet, &frame, sizeof frame, 0, (struct sockaddr *)&to, sizeof to) >= 0;
}

void announce(const char *command, const char *interface) {
  int packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (packet < 0 || !send_frame(packet, interface))
    fprintf(stderr, "%s %s: %s: %s; not announced\n", program_name, command, interface,
            strerror(errno));
  if (packet >= 0) close(packet);
}
