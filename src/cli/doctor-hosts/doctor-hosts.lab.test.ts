import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noSshd, TestSshd } from '../../platform/remote/ssh/sshd.example.ts';
import { Workplace } from '../virtgauge.example.ts';

if (noSshd !== undefined && process.env.CI === 'true') throw new Error(noSshd);

interface Report {
  ready: boolean;
  standIn?: string;
  hosts: {
    name: string;
    ready: boolean;
    findings: { topic: string; problem?: { message: string } }[];
  }[];
}

describe.skipIf(noSshd !== undefined)(`doctor --hosts ${noSshd ?? ''}`, () => {
  const place = new Workplace();
  const inventory = join(place.folder, 'hosts.yaml');
  const known = join(place.folder, 'known', 'hosts');
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await TestSshd.start();
    mkdirSync(join(place.folder, 'disk'));
  });
  afterAll(() => {
    sshd.stop();
    place.remove();
  });

  function write(host: string): void {
    const { port, user, key } = sshd.endpoint;
    writeFileSync(
      inventory,
      `hosts:
  a: { address: 127.0.0.1, port: ${port}, user: ${user}, key: ${key}, knownHosts: known/hosts, ${host} }
  b: { local: true }
standIn: this machine twice
`,
    );
  }

  async function report(): Promise<{ code: number | null; report: Report }> {
    const { code, stdout } = await place.run('doctor', '--hosts', inventory, '--json');
    return { code, report: JSON.parse(stdout) as Report };
  }

  it('refuses a host whose key is not known, until it is accepted', async () => {
    write('storages: { disk: { kind: local, path: ' + join(place.folder, 'disk') + ' } }');
    const refused = await place.run('doctor', '--hosts', inventory);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/a\n {2}ssh +! a \(.*\): the host's key is not known: .*SHA256/);
    expect(refused.stdout).toContain('Not ready');

    const accepted = await place.run('doctor', '--hosts', inventory, '--accept-new-keys');
    expect(accepted.stderr).toMatch(/^accepted: \[127\.0\.0\.1\]:\d+ ssh-ed25519 SHA256:/);
    expect(readFileSync(known, 'utf8')).toContain('ssh-ed25519');

    const { report: after } = await report();
    const [a] = after.hosts;
    expect(after.standIn).toBe('this machine twice');
    expect(a?.findings.map(({ topic }) => topic)).toEqual(
      expect.arrayContaining(['machine', 'programs', 'cpu', 'clock', 'storage disk', 'reaches']),
    );
    expect(a?.findings.find(({ topic }) => topic === 'storage disk')?.problem).toBeUndefined();
    expect(readdirSync(join(place.folder, 'disk'))).toEqual([]);
    expect(place.ledgers()).toEqual([]);
  });

  it('says what is missing on a host', async () => {
    write('bridge: vg-none, storages: { disk: { kind: local, path: /nonexistent/disk } }');
    const { code, report: found } = await report();
    expect(code).toBe(1);
    expect(found.hosts.map(({ name, ready }) => [name, ready])).toContainEqual(['a', false]);
    const messages = found.hosts[0]?.findings.flatMap(({ problem }) => problem?.message ?? []);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.stringContaining('No such file'),
        expect.stringContaining('expected a bridge called vg-none'),
      ]),
    );
  });

  it('accepts keys only of hosts that are named', async () => {
    const { code, stderr } = await place.run('doctor', '--accept-new-keys');
    expect([code, stderr]).toEqual([1, '--accept-new-keys: expected --hosts beside it\n']);
  });
});
