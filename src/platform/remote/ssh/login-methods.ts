import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AgentAuthMethod, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import { UserError } from '../../../base/errors.ts';
import type { Endpoint } from '../inventory/schema.ts';

/** What is tried to log in, in this order, and how to name it in a message. */
export interface LoginMethods {
  methods: (AgentAuthMethod | PublicKeyAuthMethod)[];
  tried: string[];
}

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

const usualFiles = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The key that is given; where it is encrypted, the agent, which may hold it. Without one, the agent
 * and then the usual files, as ssh does.
 * @param where the host, for messages
 * @throws UserError if the given key cannot be used, or there is nothing to log in with
 */
export function loginMethods(
  { user, key }: Endpoint,
  where: string,
  { env, home }: Surroundings = { env: process.env, home: homedir() },
): LoginMethods {
  const { SSH_AUTH_SOCK: agent = '' } = env;
  const found: LoginMethods = { methods: [], tried: [] };
  const useAgent = () => {
    found.methods.push({ type: 'agent', username: user, agent });
    found.tried.push('the keys of the ssh agent');
  };
  const useKey = (parsed: ParsedKey, file: string) => {
    found.methods.push({ type: 'publickey', username: user, key: parsed });
    found.tried.push(file);
  };
  if (key !== undefined) {
    const parsed = readKey(key, where);
    if (parsed !== 'encrypted') useKey(parsed, key);
    else if (agent !== '') useAgent();
    else throw encrypted(key, where);
    return found;
  }
  if (agent !== '') useAgent();
  const locked: string[] = [];
  for (const file of usualFiles.map((name) => join(home, '.ssh', name)).filter(existsSync)) {
    const parsed = readKey(file, where);
    if (parsed === 'encrypted') locked.push(file);
    else useKey(parsed, file);
  }
  if (found.methods.length > 0) return found;
  if (locked[0] !== undefined) throw encrypted(locked[0], where);
  throw new UserError({
    where,
    message: 'expected a key to log in with, got none: no ssh agent, nothing in ~/.ssh/id_*',
    remedy: 'name one in the inventory (key: PATH), or make one with ssh-keygen',
  });
}

function readKey(file: string, where: string): ParsedKey | 'encrypted' {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const got = code === 'ENOENT' ? 'nothing' : `no way to read it (${code})`;
    throw new UserError(
      { where, message: `expected a private key in ${file}, got ${got}` },
      { cause },
    );
  }
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) {
    if (/no passphrase given/.test(parsed.message)) return 'encrypted';
    const message = `expected a private key in ${file}, got something else: ${parsed.message}`;
    throw new UserError({ where, message });
  }
  const [first] = [parsed].flat();
  if (first?.isPrivateKey()) return first;
  throw new UserError({
    where,
    message: `expected a private key in ${file}, got a public one`,
    remedy: 'name the file without .pub',
  });
}

function encrypted(file: string, where: string): UserError {
  return new UserError({
    where,
    message: `the key ${file} is encrypted, and there is no ssh agent that could hold it`,
    remedy: `run: eval "$(ssh-agent)" && ssh-add ${file}`,
  });
}
