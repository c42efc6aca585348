import { describe, expect, it } from 'vitest';
import { BreakingDisk } from '../state/breaking-disk.example.ts';
import { openStateLog } from '../state/state-log.ts';
import type { BodyOf } from '../wire/messages/kinds.ts';
import { Agent } from './agent.ts';
import { SimulatedRunner } from './simulated/simulated-runner.ts';
import { emptyAgent, reduceAgent } from './state.ts';

const master = { name: 'master', role: 'master' } as const;
const spec = { vcpus: 1, memory: 1, disk: 1, image: 'micro' };
const create: BodyOf<'command'> = {
  kind: 'command',
  id: '1:0',
  step: 'create',
  guest: 'web',
  spec,
};

function agentOn(disk: BreakingDisk, runner = new SimulatedRunner()) {
  const log = openStateLog({ folder: '/a', disk, empty: emptyAgent, reduce: reduceAgent });
  return { agent: new Agent({ log, runner, boot: 'boot' }), runner };
}

describe('an agent', () => {
  it('carries a command out once, though it comes again before and after its end', async () => {
    const { agent } = agentOn(new BreakingDisk());
    agent.answer(create, master);
    agent.answer(create, master);
    await agent.idle();
    agent.answer(create, master);
    await agent.idle();
    const heartbeat = await agent.heartbeat();
    // A second creation would have failed: there is a guest of that name.
    expect(heartbeat.results).toEqual([{ command: '1:0', outcome: 'done' }]);
    expect(heartbeat.guests).toEqual([{ name: 'web', state: 'running' }]);
  });

  it('repeats a result until it was told, and when it is asked again', async () => {
    const disk = new BreakingDisk();
    const { agent, runner } = agentOn(disk);
    agent.answer(create, master);
    await agent.idle();
    await agent.heartbeat();
    const heartbeat = await agent.heartbeat();
    expect(heartbeat.results).toHaveLength(1);
    agent.told(heartbeat);
    expect((await agent.heartbeat()).results).toEqual([]);
    const again = agentOn(disk, runner).agent;
    again.answer(create, master);
    expect((await again.heartbeat()).results).toEqual(heartbeat.results);
  });

  it('obeys masters only, and only commands', () => {
    const { agent } = agentOn(new BreakingDisk());
    for (const role of ['agent', 'operator'] as const) {
      expect(() => agent.answer(create, { name: 'x', role })).toThrow(/commands nothing here/);
    }
    expect(() => agent.answer({ kind: 'ok', revoked: [] }, master)).toThrow(/is not asked/);
  });

  it('takes no command that its disk does not take', async () => {
    const disk = new BreakingDisk();
    const { agent } = agentOn(disk);
    disk.space = 0;
    expect(() => agent.answer(create, master)).toThrow(/state log cannot be written/);
    await agent.idle();
    expect((await agent.heartbeat()).guests).toEqual([]);
  });

  it('tells a result that its disk does not take, and writes it once it does', async () => {
    const disk = new BreakingDisk();
    const { agent, runner } = agentOn(disk);
    agent.answer(create, master);
    disk.space = 0;
    await agent.idle();
    expect((await agent.heartbeat()).results).toHaveLength(1);
    disk.space = Infinity;
    await agent.heartbeat();
    await runner.stop('web');
    // Without its result on disk the next agent would take the stopped guest for half created.
    const next = agentOn(disk, runner).agent;
    await next.settle();
    expect((await next.heartbeat()).guests).toEqual([{ name: 'web', state: 'stopped' }]);
  });

  it('takes no answer of a master that leads no more', () => {
    const { agent } = agentOn(new BreakingDisk());
    agent.led({ term: 2 });
    agent.led({ term: 2 });
    for (const term of [1, undefined]) {
      expect(() => agent.led({ term })).toThrow('leads no more');
    }
  });

  it('moves a guest to another, which has it then', async () => {
    const [from, to] = [new SimulatedRunner(), new SimulatedRunner()];
    await from.create('web');
    const { address } = await to.receive('web');
    await expect(from.send('other', { address })).rejects.toThrow(/does not run here/);
    await from.send('web', { address });
    expect([...(await from.list())]).toEqual([]);
    expect([...(await to.list())]).toEqual([['web', 'running']]);
    await to.discard('web');
    await expect(to.send('web', { address: '127.0.0.1:1' })).rejects.toThrow(/nobody takes web/);
    expect([...(await to.list())]).toEqual([['web', 'running']]);
  });
});
