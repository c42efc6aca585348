import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { Endpoint } from '../inventory/schema.ts';
import { judgeKey, keyType, knownName, parseKnownHosts, type KnownKey } from './known-hosts.ts';

/** A key of a host that nobody has vouched for yet. */
export interface NewKey {
  /** As it will stand in known_hosts: `10.77.0.1`, `[gate]:2222`. */
  name: string;
  /** `ssh-ed25519` */
  type: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  fingerprint: string;
  /** Where it is entered once it is accepted. */
  file: string;
}

/** Shows it to the user; whether it is accepted. */
export type OnNewKey = (key: NewKey) => boolean;

/** @throws UserError if a file is there and cannot be read */
export function readKnownHosts(files: readonly string[]): KnownKey[] {
  return files.flatMap((file) => {
    try {
      return parseKnownHosts(readFileSync(file, 'utf8'), file);
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      const message = `expected a known_hosts file, got no way to read it (${code})`;
      throw new UserError({ where: file, message }, { cause });
    }
  });
}

/**
 * Refuses a host whose key is not known; a new one is entered if `onNewKey` accepts it. A changed or
 * revoked one is never accepted.
 * @param where the host, for messages
 * @throws UserError
 */
export function expectKnownKey(
  known: readonly KnownKey[],
  endpoint: Endpoint,
  key: Uint8Array,
  { where, onNewKey }: { where: string; onNewKey?: OnNewKey | undefined },
): void {
  const judged = judgeKey(known, endpoint, key);
  if (judged.is === 'known') return;
  const type = keyType(key);
  const print = `${type} ${fingerprint(key)}`;
  if (judged.is === 'unknown') {
    const [file = ''] = endpoint.knownHosts;
    const name = knownName(endpoint);
    if (onNewKey?.({ name, type, fingerprint: fingerprint(key), file })) {
      enter(file, `${name} ${type} ${Buffer.from(key).toString('base64')}`);
      return;
    }
    throw new UserError({
      where,
      message: `the host's key is not known: ${print}`,
      remedy:
        'compare it with "ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub" on the host, then run ' +
        '"virtgauge doctor --hosts FILE --accept-new-keys"',
    });
  }
  const { file, line } = judged.known;
  if (judged.is === 'revoked') {
    throw new UserError({
      where,
      message: `the host's key was revoked, ${file}:${line}: ${print}`,
    });
  }
  throw new UserError({
    where,
    message: `the host's key has changed: it shows ${print}, which is not the key in ${file}:${line}`,
    remedy:
      'somebody may be in between. Only if you know why it changed: ' +
      `ssh-keygen -R '${knownName(endpoint)}' -f ${file}`,
  });
}

function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function enter(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, '', { mode: 0o600 });
  const text = readFileSync(file, 'utf8');
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
}
