import { z } from 'zod';
import type { Shell } from '../../../remote/shell.ts';
import { look, partsOf, separate } from './look.ts';
import { parseToolJson } from './tool-json.ts';

/** A network interface of the hardware that is up, or what such ones are below. */
export interface Interface {
  name: string;
  /** Lower case. */
  mac: string;
  /** That of the hardware, where another one was set, as a bond does; iproute2 5.5 and newer tell it. */
  permanentMac?: string;
  /** With the length of the prefix: `10.77.0.1/24`. */
  addresses: string[];
  mtu: number;
  /** The bridge or bond that it belongs to. */
  master?: string;
  /** What a VLAN lies on; the other end of a veth. */
  on?: string;
  /** It has a device; not a bridge, a bond, a VLAN, a tap. */
  physical: boolean;
  /** Where it is plugged in: `0000:03:00.0`. */
  pci?: string;
  /** Bytes a second, as the card has agreed with the switch; undefined where it does not tell. */
  speed?: number;
}

/** How others reach the machine. */
export interface Network {
  interfaces: Interface[];
  /** Interface of the default route, which may be a bridge; without one, the first that has an address. */
  main?: string;
  gateway?: string;
  /** Bonds that only work where the other end takes part (802.3ad). */
  negotiated?: string[];
  /** Files of configuration that name an interface: `/etc/network/interfaces`. */
  configurations: { file: string; names: string[] }[];
}

const script = `
ip -json addr show; ${separate}
ip -json route show default; ${separate}
for path in /sys/class/net/*; do
  name=\${path##*/}
  [ -e "$path/device" ] || continue
  device=$(readlink -f "$path/device")
  pci=$(echo "$device" | grep -oE '[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]' | tail -n 1)
  echo "$name $(cat "$path/speed" 2>/dev/null || echo -1) $pci"
done; ${separate}
grep -l 'Bonding Mode: IEEE 802.3ad' /proc/net/bonding/* 2>/dev/null; ${separate}
grep -rnoEsI '\\b(eth[0-9]+|en[opsxP][0-9a-fnpsdfuPi]+|em[0-9]+|p[0-9]+p[0-9]+|bond[0-9]+|br[0-9]+)\\b' \\
  /etc/network/interfaces /etc/network/interfaces.d /etc/netplan /etc/systemd/network \\
  /etc/NetworkManager/system-connections /etc/sysconfig/network-scripts \\
  /etc/udev/rules.d/70-persistent-net.rules
true`;

/** @throws CommandError where `ip` writes no JSON (before iproute2 4.14, or busybox) */
export async function readNetwork(shell: Shell): Promise<Network> {
  return parseNetwork(await look(shell, script));
}

/** Those of cards. */
const linkTypes = /^(ether|infiniband)$/;

const linkSchema = z.array(
  z.object({
    ifname: z.string(),
    flags: z.array(z.string()).default([]),
    mtu: z.number().default(1500),
    master: z.string().optional(),
    link: z.string().nullish(),
    link_type: z.string().default('none'),
    address: z.string().default(''),
    permaddr: z.string().optional(),
    addr_info: z
      .array(
        z.object({
          local: z.string().optional(),
          prefixlen: z.number().default(32),
          scope: z.string().default('global'),
        }),
      )
      .default([]),
  }),
);
const routeSchema = z.array(
  z.object({ gateway: z.string().optional(), dev: z.string().optional() }),
);

/**
 * @param text `ip -json addr`, `ip -json route show default` (which iproute2 4.15 prints as text),
 *   `name speed pci` a line, `/proc/net/bonding/name` a line, and `file:line:name` a line
 * @throws UserError if `ip` printed something else
 */
export function parseNetwork(text: string): Network {
  const [links = '', routes = '', devices = '', bonds = '', named = ''] = partsOf(text);
  const negotiated = bonds.split('\n').flatMap((path) => path.split('/').at(-1) || []);
  const hardware = new Map(
    devices.split('\n').map((line): [string, { speed: number; pci?: string | undefined }] => {
      const [name = '', speed = '-1', pci] = line.split(' ');
      return [name, { speed: Number(speed), pci: pci === '' ? undefined : pci }];
    }),
  );
  const interfaces = parse(linkSchema, links, 'addresses')
    .filter(({ link_type, flags }) => linkTypes.test(link_type) && flags.includes('UP'))
    .map(({ ifname, address, permaddr, mtu, master, link, addr_info }): Interface => {
      const { speed = -1, pci } = hardware.get(ifname) ?? {};
      return {
        ...{ name: ifname, mac: address.toLowerCase(), mtu, physical: hardware.has(ifname) },
        addresses: addr_info
          .filter(({ local, scope }) => local !== undefined && scope === 'global')
          .map(({ local = '', prefixlen }) => `${local}/${prefixlen}`),
        ...(permaddr !== undefined && { permanentMac: permaddr.toLowerCase() }),
        ...(master !== undefined && { master }),
        ...(typeof link === 'string' && { on: link }),
        ...(pci !== undefined && { pci }),
        ...(speed > 0 && { speed: (speed * 1e6) / 8 }),
      };
    });
  const { gateway, dev } = defaultRoute(routes);
  const main = dev ?? interfaces.find(({ addresses }) => addresses.length > 0)?.name;
  return {
    interfaces,
    ...(main !== undefined && { main }),
    ...(gateway !== undefined && { gateway }),
    ...(negotiated.length > 0 && { negotiated }),
    configurations: configurationsIn(named),
  };
}

/**
 * The interface of the hardware that carries the machine's address: its own, or the first port of
 * its bridge or bond. The address of an Ethernet card has six bytes, that of InfiniBand twenty.
 */
export function carrierOf({ interfaces, main }: Network): Interface | undefined {
  const ethernet = interfaces.filter(({ mac }) => /^(..:){5}..$/.test(mac));
  const own = ethernet.find(({ name }) => name === main);
  if (own === undefined || own.physical) return own;
  return ethernet.find(({ master, physical }) => physical && master === own.name);
}

/** Names of the cards that an interface works by: itself, ports of its bridge or bond, what a VLAN lies on. */
export function cardsBelow(of: Interface, interfaces: readonly Interface[]): string[] {
  const below = new Set([of]);
  // A set goes on with what is added meanwhile, and takes each once: the ends of a veth lie on each other.
  for (const { name, on } of below) {
    for (const each of interfaces) {
      if (each.master === name || each.name === on) below.add(each);
    }
  }
  return [...below].filter(({ physical }) => physical).map(({ name }) => name);
}

/** Whether others reach the machine by it: not by one that stays on its link, as a server's service processor has. */
export function isOwnAddress(address: string): boolean {
  return !address.startsWith('169.254.');
}

/**
 * Whether an interface is called after its slot or its board (`enp3s0`, `ens3`, `eno1`, `em1`), so
 * that it has another name in a guest. Names: systemd.net-naming-scheme(7), biosdevname.
 */
export function isNamedBySlot(name: string): boolean {
  return /^(en(P\d+)?(o\d|s\d|p\d+s\d)|em\d|p\d+p\d)/.test(name);
}

/** Of the first of several; without one that goes by one interface, neither is there. */
function defaultRoute(text: string): z.infer<typeof routeSchema>[number] {
  if (/^default\b/.test(text)) {
    const [, gateway, dev] = /^default(?: via (\S+))? dev (\S+)/.exec(text) ?? [];
    return { gateway, dev };
  }
  return parse(routeSchema, text === '' ? '[]' : text, 'routes')[0] ?? {};
}

function configurationsIn(text: string): Network['configurations'] {
  const found = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, file = '', name = ''] = /^(\/[^:]+):\d+:(\S+)$/.exec(line) ?? [];
    if (name !== '') found.set(file, (found.get(file) ?? new Set()).add(name));
  }
  return [...found].map(([file, names]) => ({ file, names: [...names] }));
}

function parse<T>(schema: z.ZodType<T>, json: string, what: string): T {
  const remedy = 'iproute2 4.14 or newer has to be there.';
  return parseToolJson(schema, json, { what: `${what} from ip -json`, remedy });
}
