import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makeCluster } from './ground.ts';

/** All that is on record in a state directory. */
function recorded(state: string): string {
  const files = readdirSync(state, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('');
}

it('makes a cluster whose agents are heard, does what is asked, and leaves nothing', async () => {
  const state = mkdtempSync(join(tmpdir(), 'virtgauge-manager-test-'));
  vi.stubEnv('VIRTGAUGE_STATE', state);
  const ground = await makeCluster(2, AbortSignal.timeout(100_000));
  const { operator, agents } = ground;
  try {
    expect(recorded(state)).toContain(join(tmpdir(), 'vg-'));
    const { hosts } = await operator.ask({ kind: 'query', what: 'hosts' }, 'hosts');
    expect(hosts.map(({ name }) => name).sort()).toEqual(['host-0', 'host-1']);
    const answered = agents.answered;
    await expect.poll(() => agents.answered, { timeout: 60_000 }).toBeGreaterThan(answered);
    const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
    const request = { kind: 'submit', action: 'create', guest: 'g', dryRun: false, spec } as const;
    expect(await operator.ask({ ...request, id: 'g' }, 'operation')).toMatchObject({ guest: 'g' });
    const asked = { kind: 'query', what: 'operations', id: 'g' } as const;
    const done = async () => (await operator.ask(asked, 'operation')).state;
    await expect.poll(done, { timeout: 60_000 }).toBe('done');
  } finally {
    await ground.close();
    vi.unstubAllEnvs();
  }
  expect(recorded(state)).toBe('');
  rmSync(state, { recursive: true });
  await expect(operator.ask({ kind: 'query', what: 'hosts' }, 'hosts')).rejects.toThrow();
}, 120_000);
