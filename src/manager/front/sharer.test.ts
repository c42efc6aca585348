import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/stats/random.ts';
import type { Place } from '../../platform/front/front.ts';
import { sharingPolicies, usualRules, type Grant } from '../cluster/sharing/index.ts';
import { MemoryFront } from './memory-front.example.ts';
import { Sharer, type Lender, type SharedService } from './sharer.ts';

const service = (id: string, capacity: number): SharedService => ({
  ...{ id, capacity, place: { address: `vip-${id}`, port: 80 } },
  server: { address: `own-${id}`, port: 80 },
});
const services = [service('web', 100), service('mail', 200), service('files', 50)];

function ground({ fails = false } = {}) {
  const front = new MemoryFront();
  let now = 0;
  const capacities: Record<string, number> = {};
  const stopped: string[] = [];
  const waiting: (() => void)[] = [];
  const lender: Lender<{ place: Place }> = {
    async start({ from, to }: Grant, capacity: number) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (fails) throw new Error('no memory left');
      const address = `${from}-for-${to}`;
      capacities[address] = capacity;
      return { place: { address, port: 80 } };
    },
    resize({ place }, capacity) {
      capacities[place.address] = capacity;
      return Promise.resolve();
    },
    stop({ place }) {
      stopped.push(place.address);
      return Promise.resolve();
    },
    setOwnCapacity(id, capacity) {
      capacities[id] = capacity;
      return Promise.resolve();
    },
  };
  const sharer = new Sharer({
    ...{ services, front, lender, rules: usualRules, random: seededRandom('1'), drainLimit: 1 },
    policy: sharingPolicies['ma2scf-reconstructed'],
    clock: { now: () => now, fromWall: (at: number) => at },
  });
  return {
    ...{ front, sharer, capacities, stopped },
    /** Services are asked so often from now on. */
    ask: (demands: Record<string, number>) => {
      now += 1;
      for (const each of front.all) {
        each.rate = demands[each.address.replace('vip-', '')] ?? 0;
      }
    },
    /** Servers that are being started are ready. */
    ready: async () => {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('sharing behind a front', () => {
  it('weighs servers by the load for which they are meant', async () => {
    const { sharer, front } = ground();
    await sharer.begin();
    expect(front.weights()).toEqual({ 'own-web': 80, 'own-mail': 160, 'own-files': 40 });
  });

  it('starts a server where capacity is lent, and takes it away when it is given back', async () => {
    const { sharer, front, capacities, stopped, ask, ready } = ground();
    await sharer.begin();
    ask({ web: 120, mail: 40, files: 10 });
    const step = await sharer.step();
    expect(step.plan.grants).toEqual([{ from: 'mail', to: 'web', amount: 40 }]);
    // Reserved while it is being started, and asked for only once.
    expect(capacities['mail']).toBe(200 - 40 / 0.8);
    expect(front.weights()).toEqual({ 'own-web': 80, 'own-mail': 120, 'own-files': 40 });
    ask({ web: 120, mail: 40, files: 10 });
    expect((await sharer.step()).plan.grants).toEqual([]);
    await ready();
    expect(front.weights()).toMatchObject({ 'mail-for-web': 40 });
    expect(capacities['mail-for-web']).toBe(50);
    ask({ web: 20, mail: 40, files: 10 });
    expect((await sharer.step()).started).toHaveLength(1);
    await expect.poll(() => stopped).toEqual(['mail-for-web']);
    ask({ web: 20 });
    expect((await sharer.step()).stopped).toEqual([{ from: 'mail', to: 'web', amount: 40 }]);
    expect(front.weights()).toEqual({ 'own-web': 80, 'own-mail': 160, 'own-files': 40 });
    expect(capacities['mail']).toBe(200);
  });

  it('waits for a server that still drains before it starts it again', async () => {
    const { sharer, front, stopped, ask, ready } = ground();
    await sharer.begin();
    ask({ web: 120, mail: 40 });
    await sharer.step();
    await ready();
    const helper = front.all
      .flatMap(({ servers }) => servers)
      .find(({ address }) => address === 'mail-for-web');
    if (helper === undefined) throw new Error('no helper');
    helper.active = 1;
    ask({ web: 0 });
    await sharer.step();
    ask({ web: 120, mail: 40 });
    const again = await sharer.step();
    expect(again.plan.grants).toHaveLength(1);
    await ready();
    expect([stopped, (await sharer.step()).failed]).toEqual([[], []]);
    helper.active = 0;
    await expect.poll(() => stopped).toEqual(['mail-for-web']);
    ask({ web: 120, mail: 40 });
    await sharer.step();
    await ready();
    expect(front.weights()).toMatchObject({ 'mail-for-web': 40 });
  });

  it('stops a server at once that is no longer needed when it is ready', async () => {
    const { sharer, front, stopped, ask, ready } = ground();
    await sharer.begin();
    ask({ web: 120 });
    await sharer.step();
    ask({ web: 0 });
    await sharer.step();
    await ready();
    await expect.poll(() => stopped).toEqual(['mail-for-web']);
    expect(front.weights()).not.toHaveProperty('mail-for-web');
  });

  it('takes a grant back whose server does not start, and says why', async () => {
    const { sharer, capacities, ask, ready } = ground({ fails: true });
    await sharer.begin();
    ask({ web: 120 });
    await sharer.step();
    await ready();
    ask({ web: 0 });
    const { failed, plan } = await sharer.step();
    expect(failed).toMatchObject([{ why: 'no memory left', grant: { from: 'mail' } }]);
    expect(plan.after).toEqual([]);
    expect(capacities['mail']).toBe(200);
  });

  it('stops a server that started and does not come behind the front', async () => {
    const { sharer, front, stopped, ask, ready } = ground();
    await sharer.begin();
    front.addServer = () => Promise.reject(new Error('ipvsadm: no memory left'));
    ask({ web: 120 });
    await sharer.step();
    await ready();
    await expect.poll(() => stopped).toEqual(['mail-for-web']);
    expect((await sharer.step()).failed).toMatchObject([{ why: 'ipvsadm: no memory left' }]);
  });

  it('gives all back at its end', async () => {
    const { sharer, front, stopped, ask, ready } = ground();
    await sharer.begin();
    ask({ web: 300 });
    await sharer.step();
    await ready();
    await sharer.end();
    expect(stopped.sort()).toEqual(['files-for-web', 'mail-for-web']);
    expect(Object.keys(front.weights())).toHaveLength(3);
  });
});
