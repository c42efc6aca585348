import { expect, it } from 'vitest';
import { makeCluster } from './ground.ts';

it('makes a cluster whose agents are heard, does what is asked, and leaves nothing', async () => {
  const ground = await makeCluster(2, AbortSignal.timeout(100_000));
  const { operator, agents } = ground;
  try {
    expect(agents.map(({ host }) => host)).toEqual(['host-0', 'host-1']);
    const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
    const request = { kind: 'submit', action: 'create', guest: 'g', dryRun: false, spec } as const;
    expect(await operator.ask({ ...request, id: 'g' }, 'operation')).toMatchObject({ guest: 'g' });
    const asked = { kind: 'query', what: 'operations', id: 'g' } as const;
    const state = async () => (await operator.ask(asked, 'operation')).state;
    await expect.poll(state, { timeout: 60_000 }).toBe('done');
  } finally {
    await ground.close();
  }
  await expect(operator.ask({ kind: 'query', what: 'hosts' }, 'hosts')).rejects.toThrow();
}, 120_000);
