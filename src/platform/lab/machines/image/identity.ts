/** Who a machine of a lab is to be. All machines of a kind are the same until they are told. */
export interface MachineIdentity {
  name: string;
  /** Of its bridge `br0`, with the length of the prefix: `10.77.0.1/24`. */
  address: string;
  /** Address by name, for `/etc/hosts`; its own may be among them. */
  peers: Readonly<Record<string, string>>;
  /** Key of its sshd, private and public; Ed25519 in OpenSSH's form. */
  hostKey: string;
  hostKeyPublic: string;
  authorizedKeys: string;
  /** The key by which root of one machine reaches the others. */
  userKey: string;
  userKnownHosts: string;
  /** Seconds since 1970. */
  time: number;
  /** What all machines share at `/mnt/shared`: served by this one, or by the named address. */
  nfs?: { serve: true } | { from: string };
}

/** What a machine says once it is who it was told to be. */
export type MachineReply = { ready: true } | { error: string };

/**
 * The line, with its end, that is written to a machine's port `vg.machine`: a JSON object whose
 * values are all base64, so that a shell reads it without a JSON parser.
 */
export function encodeIdentity(identity: MachineIdentity): string {
  const { peers, time, nfs, ...texts } = identity;
  const fields: Record<string, string> = {
    ...texts,
    peers: lines(Object.entries(peers).map(([name, address]) => `${address} ${name}`)),
    time: time.toFixed(3),
    ...(nfs && { nfs: 'from' in nfs ? nfs.from : 'serve' }),
  };
  const encoded = Object.entries(fields).map(([key, value]) => [key, base64(value)]);
  return `${JSON.stringify(Object.fromEntries(encoded))}\n`;
}

/**
 * Reads a machine's answer.
 * @throws Error if the line is none
 */
export function readReply(line: string): MachineReply {
  const [, error] = /^\{"error":"([A-Za-z0-9+/=]*)"\}\s*$/.exec(line) ?? [];
  if (error !== undefined) return { error: Buffer.from(error, 'base64').toString().trim() };
  if (/^\{"ready":true\}\s*$/.test(line)) return { ready: true };
  throw new Error(`a machine's answer was expected, got ${JSON.stringify(line.slice(0, 200))}`);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
