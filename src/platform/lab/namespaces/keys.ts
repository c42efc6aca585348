import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';
import type { LabPlan } from './plan.ts';

/** One key to log in by, one for each host, and the hosts' public ones as `known_hosts`. */
export async function makeKeys(shell: Shell, plan: LabPlan): Promise<void> {
  const generate = (path: string, comment: string) =>
    shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  await Promise.all([
    generate(join(plan.folder, 'keys', 'id'), `virtgauge lab ${plan.name}`),
    ...plan.hosts.map(({ folder, name }) => generate(join(folder, 'host_key'), name)),
  ]);
  const known = plan.hosts.map(({ folder, name, address }) => {
    const [type, key] = readFileSync(join(folder, 'host_key.pub'), 'utf8').split(' ');
    return `${address},${name} ${type} ${key}\n`;
  });
  writeFileSync(join(plan.folder, 'keys', 'known_hosts'), known.join(''));
}
