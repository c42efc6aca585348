import { createHmac, timingSafeEqual } from 'node:crypto';

/** One line of a known_hosts file, as sshd(8) describes it. */
export interface KnownKey {
  file: string;
  /** From 1. */
  line: number;
  marker: 'revoked' | 'cert-authority' | undefined;
  /** Patterns with commas between them, or one hashed name. */
  hosts: string;
  /** `ssh-ed25519` */
  type: string;
  /** In base64. */
  key: string;
}

/** The keys of a known_hosts file; lines that are none are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownKey[] {
  return text.split('\n').flatMap((written, index) => {
    const words = written.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
    const [hosts = '', type = '', key = ''] = words;
    if (hosts === '' || hosts.startsWith('#') || key === '') return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    return { file, line: index + 1, marker, hosts, type, key };
  });
}

/** What known keys say of the key that a host showed. */
export type Verdict =
  | { is: 'known' }
  | { is: 'unknown' }
  /** Another key of the host is known. */
  | { is: 'changed'; known: KnownKey }
  | { is: 'revoked'; known: KnownKey };

/**
 * Judges a host's key as ssh(1) does: under `[host]:port` for another port than 22, where a plain
 * name counts too if its key fits. A host that is known by keys of other types only, and shows none
 * of them, has changed.
 * @param key the public key in SSH's wire format
 */
export function judgeKey(
  known: readonly KnownKey[],
  { address, port }: { address: string; port: number },
  key: Uint8Array,
): Verdict {
  const shown = Buffer.from(key).toString('base64');
  const names = port === 22 ? [address] : [`[${address}]:${port}`, address];
  const ofHost = names.map((name) => known.filter(({ hosts }) => matches(hosts, name)));
  const revoked = ofHost.flat().find((each) => each.marker === 'revoked' && each.key === shown);
  if (revoked !== undefined) return { is: 'revoked', known: revoked };
  const plain = ofHost.map((keys) => keys.filter(({ marker }) => marker === undefined));
  if (plain.flat().some((each) => each.key === shown)) return { is: 'known' };
  const type = keyType(key);
  const [others = []] = plain;
  const other = others.find((each) => each.type === type) ?? others[0];
  return other === undefined ? { is: 'unknown' } : { is: 'changed', known: other };
}

/** The types of key by which a host is known: those to ask it for. */
export function knownTypes(
  known: readonly KnownKey[],
  { address, port }: { address: string; port: number },
): string[] {
  const names = port === 22 ? [address] : [`[${address}]:${port}`, address];
  const of = known.filter(
    ({ hosts, marker }) => marker === undefined && names.some((name) => matches(hosts, name)),
  );
  return [...new Set(of.map(({ type }) => type))];
}

/** The type that the wire format begins with. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return bytes.length < 4 ? '' : bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0));
}

/** How a host is written in known_hosts. */
export function knownName({ address, port }: { address: string; port: number }): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

function matches(hosts: string, written: string): boolean {
  const name = written.toLowerCase();
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  let found = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcard(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `|1|salt|HMAC-SHA1 of the name`, in base64. */
function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hosts.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const got = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === got.length && timingSafeEqual(expected, got);
}

/** `*` is any text, `?` any character; the rest, brackets too, is itself. */
function wildcard(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
