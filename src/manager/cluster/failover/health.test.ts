import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hear, usualHeartbeats, watchHost, whyNoRestart, type HostSignal } from './health.ts';

const rules = { interval: 1, missed: 5, grace: 5 };
const host = watchHost('h1', 'boot-1', 0);

function after(...signals: HostSignal[]) {
  return signals.reduce<ReturnType<typeof hear>>(
    (watched, signal) => hear(watched.host, signal, rules),
    {
      host,
    },
  );
}

const time = (at: number): HostSignal => ({ type: 'time', at });
const heartbeat = (at: number, boot = 'boot-1'): HostSignal => ({ type: 'heartbeat', at, boot });
const proof = (at: number, boot = 'boot-1'): HostSignal => ({
  type: 'fenced',
  proof: { by: 'the BMC', at, boot },
});

describe('hear', () => {
  it('suspects a host that has missed enough heartbeats, not one before', () => {
    expect(after(heartbeat(10), time(14.9)).host.health.state).toBe('alive');
    expect(after(heartbeat(10), time(15)).host.health).toEqual({ state: 'suspect', since: 15 });
  });

  it('orders fencing once, when the grace is over', () => {
    expect(after(time(5), time(9.9)).order).toBeUndefined();
    expect(after(time(5), time(10))).toMatchObject({
      host: { health: { state: 'fencing' } },
      order: 'fence',
    });
    expect(after(time(5), time(10), time(11)).order).toBeUndefined();
  });

  it('brings back a suspect host by a heartbeat, but none that is being fenced', () => {
    expect(after(time(5), heartbeat(6)).host.health.state).toBe('alive');
    expect(after(time(5), time(10), heartbeat(11)).host.health.state).toBe('fencing');
    expect(after(time(5), time(10), heartbeat(11), heartbeat(12)).host.lastSeen).toBe(12);
  });

  it('orders fencing again where it failed, and says so', () => {
    const failed: HostSignal = { type: 'fencing-failed', at: 12, why: 'the BMC does not answer' };
    const { host: now, order } = after(time(5), time(10), failed);
    expect(order).toBe('fence');
    expect(whyNoRestart(now)).toBe(
      'fencing of host h1 has not proved itself (the BMC does not answer): its guests may still run and write',
    );
    expect(after(failed).host).toEqual(host);
    expect(after(time(5), time(10), failed, heartbeat(13)).host.health.state).toBe('alive');
    const late = [time(5), time(10), failed, heartbeat(13), proof(12.5)];
    expect(after(...late).refusal).toMatch(/heard of at 13 s, after/);
  });

  it('takes no proof of another life, nor one older than the last heartbeat', () => {
    const fencing = [time(5), time(10)];
    expect(after(...fencing, proof(11, 'boot-0'))).toMatchObject({
      host: { health: { state: 'fencing' } },
      refusal: 'the proof that host h1 is fenced is of boot-0, not of boot-1',
    });
    expect(after(...fencing, heartbeat(12), proof(11)).refusal).toMatch(/heard of at 12 s, after/);
    expect(after(...fencing, proof(11)).host.health.state).toBe('fenced');
  });

  it('lets a host join again only in a new life, after its earlier one was proven to be over', () => {
    const over = [time(5), time(10), proof(11)];
    expect(after(...over, heartbeat(12)).refusal).toMatch(/has to start anew/);
    expect(after(...over, heartbeat(13, 'boot-2')).host).toEqual(watchHost('h1', 'boot-2', 13));
    expect(after(time(5), heartbeat(6, 'boot-2')).refusal).toMatch(
      /answers as boot-2, but nothing proves that boot-1 has ended/,
    );
  });

  it('never allows a restart before a proof of this very life', () => {
    const at = fc.integer({ min: 0, max: 60 });
    const boot = fc.constantFrom('boot-0', 'boot-1', 'boot-2');
    const signal = fc.oneof(
      at.map(time),
      fc.tuple(at, boot).map(([moment, life]) => heartbeat(moment, life)),
      fc.tuple(at, boot).map(([moment, life]) => proof(moment, life)),
      at.map((moment): HostSignal => ({ type: 'fencing-failed', at: moment, why: 'no answer' })),
    );
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 30 }), (signals) => {
        let now = host;
        for (const one of signals) {
          const before = now;
          now = hear(now, one, usualHeartbeats).host;
          const mayRestart = whyNoRestart(now) === undefined;
          const proven =
            one.type === 'fenced' &&
            one.proof.boot === before.boot &&
            one.proof.at >= before.lastSeen;
          if (mayRestart) expect(proven || whyNoRestart(before) === undefined).toBe(true);
          if (now.boot !== before.boot) expect(before.health.state).toBe('fenced');
        }
      }),
    );
  });
});

describe('whyNoRestart', () => {
  it('says what is missing', () => {
    expect(whyNoRestart(host)).toBe('host h1 is alive: its guests run there');
    expect(whyNoRestart(after(time(5)).host)).toMatch(/silent, but not fenced/);
    expect(whyNoRestart(after(proof(1)).host)).toBeUndefined();
  });
});
