import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversionPlan } from '../../platform/operations/convert/plan.ts';
import { noSshd, TestSshd } from '../../platform/remote/ssh/sshd.example.ts';
import { Workplace } from '../virtgauge.example.ts';

const missing = process.getuid?.() === 0 ? noSshd : 'root is needed';
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

describe.skipIf(missing !== undefined)(`p2v plan ${missing ?? ''}`, () => {
  const place = new Workplace();
  const inventory = join(place.folder, 'hosts.yaml');
  const storage = join(place.folder, 'disk');
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await TestSshd.start();
    mkdirSync(storage);
    const { port, user, key, knownHosts } = sshd.endpoint;
    const login = `port: ${port}, user: ${user}, key: ${key}, knownHosts: ${knownHosts[0] ?? ''}`;
    writeFileSync(
      inventory,
      `hosts:
  here: { address: 127.0.0.1, ${login} }
  there: { local: true, storages: { disk: { kind: local, path: ${storage} } } }
standIn: this machine twice
`,
    );
  });
  afterAll(() => {
    sshd.stop();
    place.remove();
  });

  it('looks at a machine over ssh, measures the link and the storage, and leaves nothing', async () => {
    const { code, stdout, stderr } = await place.run(
      ...['p2v', 'plan', 'here', '--target', 'there', '--hosts', inventory],
      ...['--watch', '100ms', '--json'],
    );
    expect(stderr).toBe('');
    const plan = JSON.parse(stdout) as ConversionPlan & { standIn: string };
    expect(plan.standIn).toBe('this machine twice');
    expect(plan.source).toMatchObject({
      host: 'here',
      memory: { total: expect.any(Number) as number },
    });
    expect(plan.target?.linkRate).toBeGreaterThan(0);
    expect(plan.target?.storage).toMatchObject({
      name: 'disk',
      free: expect.any(Number) as number,
    });
    expect(readdirSync(storage)).toEqual([]);
    expect(place.ledgers()).toEqual([]);
    // Whether any method is left depends on the machine.
    const usable = plan.predictions.some(({ refused }) => refused.length === 0);
    expect(code).toBe(usable ? 0 : 1);
  });

  it('says what is wrong with what was asked, and reaches nobody', async () => {
    for (const [args, message] of [
      [['nobody'], 'SOURCE: expected a host of'],
      [['here', '--target', 'here'], '--target: expected another host'],
      [
        ['here', '--target', 'there', '--storage', 'none'],
        '--storage: expected a storage of there',
      ],
      [['here', '--storage', 'disk'], '--storage: expected --target beside it'],
    ] as const) {
      const { code, stderr } = await place.run('p2v', 'plan', ...args, '--hosts', inventory);
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    }
  });
});
