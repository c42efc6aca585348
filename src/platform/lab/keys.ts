import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../remote/shell.ts';
import type { LabBase, LabHostBase } from './lab-plan.ts';

interface Keyed extends Pick<LabBase, 'name' | 'folder'> {
  hosts: readonly Pick<LabHostBase, 'name' | 'address' | 'folder'>[];
}

/** Of the user's private key and `known_hosts`. */
export function keyFiles({ folder }: Pick<LabBase, 'folder'>) {
  return { key: join(folder, 'keys', 'id'), knownHosts: join(folder, 'keys', 'known_hosts') };
}

/** Of a host's private key; the public one ends in `.pub`. */
export function hostKeyFile({ folder }: Pick<LabHostBase, 'folder'>): string {
  return join(folder, 'host_key');
}

/** One key to log in by, one for each host, and the hosts' public ones as `known_hosts`. */
export async function makeKeys(shell: Shell, lab: Keyed): Promise<void> {
  const { key, knownHosts } = keyFiles(lab);
  mkdirSync(join(lab.folder, 'keys'), { recursive: true });
  const generate = (path: string, comment: string) =>
    shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  await Promise.all([
    generate(key, `virtgauge lab ${lab.name}`),
    ...lab.hosts.map((host) => generate(hostKeyFile(host), host.name)),
  ]);
  const known = lab.hosts.map((host) => {
    const [type, key] = readFileSync(`${hostKeyFile(host)}.pub`, 'utf8').split(' ');
    return `${host.address},${host.name} ${type} ${key}\n`;
  });
  writeFileSync(knownHosts, known.join(''));
}
