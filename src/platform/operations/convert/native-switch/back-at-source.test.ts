import { describe, expect, it } from 'vitest';
import type { Qmp } from '../../../hypervisor/qemu/qmp.ts';
import { backAtSource } from './back-at-source.ts';

/** A QEMU whose migration stands where the process that drove it has died. */
function left(status: string, { running = false, jobs = ['mirror-1'] } = {}) {
  const nodes = [
    { 'node-name': 'mirror-1', drv: 'nbd' },
    { 'node-name': 'disk', drv: 'raw' },
  ];
  const state = { status, running, jobs, nodes, said: [] as string[] };
  const answers: Record<string, (words: Record<string, string>) => unknown> = {
    yank: () => ({}),
    'query-named-block-nodes': () => state.nodes,
    'blockdev-del': (words) => {
      if (state.jobs.length > 0) throw new Error('it is in use');
      state.nodes = state.nodes.filter((node) => node['node-name'] !== words['node-name']);
    },
    'query-block-jobs': () => state.jobs.map((device) => ({ device })),
    'block-job-cancel': ({ device }) => {
      state.jobs = state.jobs.filter((each) => each !== device);
    },
    migrate_cancel: () => {
      if (state.status === 'pre-switchover') Object.assign(state, { status: 'cancelling' });
    },
    'query-migrate': () => {
      const told = { status: state.status };
      // It ends a while later, and QEMU lets the guest go on by itself then.
      if (state.status === 'cancelling')
        Object.assign(state, { status: 'cancelled', running: true });
      return told;
    },
    'query-status': () => ({
      running: state.running,
      status: state.running ? 'running' : 'paused',
    }),
    cont: () => {
      state.running = true;
    },
  };
  const execute = (command: string, words: Record<string, string>) => {
    state.said.push(command);
    return Promise.resolve(answers[command]?.(words));
  };
  return { state, qmp: { execute } as unknown as Pick<Qmp, 'execute'> };
}

describe('a guest whose move nobody drives any more', () => {
  it('goes on at the source, its mirror and its migration ended', async () => {
    const { state, qmp } = left('pre-switchover');
    await backAtSource(qmp);
    expect(state).toMatchObject({ status: 'cancelled', running: true, jobs: [] });
    expect(state.nodes).toEqual([{ 'node-name': 'disk', drv: 'raw' }]);
    expect(state.said.indexOf('yank')).toBeLessThan(state.said.indexOf('migrate_cancel'));
  });

  it('goes on also where QEMU takes the migration for complete', async () => {
    const { state, qmp } = left('completed', { jobs: [] });
    await backAtSource(qmp);
    expect(state.running).toBe(true);
    expect(state.said).toContain('cont');
  });

  it('is left alone where it runs and nothing is under way', async () => {
    const { state, qmp } = left('none', { running: true, jobs: [] });
    await backAtSource(qmp);
    expect(state.said).not.toContain('cont');
  });

  it('is not said to go on where it does not', async () => {
    const { qmp } = left('device');
    await expect(backAtSource(qmp, 0.2)).rejects.toThrow('its migration device');
  });
});
