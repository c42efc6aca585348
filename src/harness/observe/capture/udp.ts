/** One end of a datagram. `host` in the one way of writing that `canonicalAddress` gives. */
export interface Endpoint {
  host: string;
  port: number;
}

export interface Datagram {
  source: Endpoint;
  destination: Endpoint;
  /** What was captured of it. */
  payload: Buffer;
}

const ipv4Type = 0x0800;
const ipv6Type = 0x86dd;
/** 802.1Q, 802.1ad. */
const vlanTypes = [0x8100, 0x88a8];
const udpProtocol = 17;
/** Hop-by-hop options, routing, destination options (RFC 8200). */
const extensionHeaders = [0, 43, 60];

/** LINKTYPE_ of pcap → the type of what it carries and where that begins; undefined: too short. */
const links: Readonly<Record<number, (data: Buffer) => [type: number, at: number] | undefined>> = {
  1: ethernet,
  // Raw IP, by its older and newer numbers.
  12: raw,
  14: raw,
  101: raw,
  228: raw,
  229: raw,
  // Linux "cooked", versions 1 and 2.
  113: (data) => (data.length < 16 ? undefined : tagged(data, data.readUInt16BE(14), 16)),
  276: (data) => (data.length < 20 ? undefined : tagged(data, data.readUInt16BE(0), 20)),
};

/** @throws Error if packets that begin so cannot be read */
export function expectLinkType(linkType: number): void {
  if (links[linkType] !== undefined) return;
  throw new Error(`expected Ethernet, cooked or raw packets, got link type ${linkType}`);
}

/**
 * The UDP datagram in a captured packet; undefined where it is none, a later fragment of one, or
 * too short to tell.
 */
export function datagramOf(linkType: number, data: Buffer): Datagram | undefined {
  const [type, at] = links[linkType]?.(data) ?? [];
  if (at === undefined) return undefined;
  const packet = data.subarray(at);
  const found = type === ipv4Type ? ofIpv4(packet) : type === ipv6Type ? ofIpv6(packet) : undefined;
  if (found === undefined) return undefined;
  const { source, destination, udp } = found;
  if (udp.length < 8) return undefined;
  return {
    source: { host: source, port: udp.readUInt16BE(0) },
    destination: { host: destination, port: udp.readUInt16BE(2) },
    payload: udp.subarray(8, Math.max(8, udp.readUInt16BE(4))),
  };
}

function ethernet(data: Buffer): [number, number] | undefined {
  return data.length < 14 ? undefined : tagged(data, data.readUInt16BE(12), 14);
}

function tagged(data: Buffer, type: number, at: number): [number, number] | undefined {
  if (!vlanTypes.includes(type)) return [type, at];
  return data.length < at + 4 ? undefined : tagged(data, data.readUInt16BE(at + 2), at + 4);
}

function raw(data: Buffer): [number, number] | undefined {
  const version = (data[0] ?? 0) >> 4;
  return version === 4 ? [ipv4Type, 0] : version === 6 ? [ipv6Type, 0] : undefined;
}

interface Carried {
  source: string;
  destination: string;
  udp: Buffer;
}

function ofIpv4(packet: Buffer): Carried | undefined {
  const header = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet.length < 20 || header < 20 || packet[9] !== udpProtocol) return undefined;
  const fragmentOffset = packet.readUInt16BE(6) & 0x1fff;
  if (fragmentOffset !== 0) return undefined;
  return {
    source: packet.subarray(12, 16).join('.'),
    destination: packet.subarray(16, 20).join('.'),
    udp: packet.subarray(header),
  };
}

function ofIpv6(packet: Buffer): Carried | undefined {
  if (packet.length < 40) return undefined;
  let next = packet[6];
  let at = 40;
  while (next !== udpProtocol) {
    if (next === undefined || !extensionHeaders.includes(next) || packet.length < at + 2) {
      return undefined;
    }
    next = packet[at];
    at += ((packet[at + 1] ?? 0) + 1) * 8;
  }
  return {
    source: ipv6Text(packet.subarray(8, 24)),
    destination: ipv6Text(packet.subarray(24, 40)),
    udp: packet.subarray(at),
  };
}

function ipv6Text(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':');
}

/** An address as `datagramOf` writes it: IPv6 in full, without zone; the inverse of any shorthand. */
export function canonicalAddress(address: string): string {
  const [bare = ''] = address.split('%');
  if (!bare.includes(':')) return bare;
  // A URL knows every way of writing one, also with an IPv4 address at its end.
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [head = '', tail] = short.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  if (tail === undefined) return short;
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)].join(':');
}
