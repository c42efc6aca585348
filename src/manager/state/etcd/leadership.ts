import { setTimeout as sleep } from 'node:timers/promises';
import { EtcdRefused, type EtcdClient } from './client.ts';

export interface LeadershipOptions {
  readonly client: EtcdClient;
  /** All keys of the cluster begin so; ends with `/`. */
  readonly prefix: string;
  /** Where the master answers when it leads: `host:port`. */
  readonly address: string;
  /** Seconds after which another may lead when this one is silent. Default: 5. */
  readonly seconds?: number;
  readonly signal: AbortSignal;
  /** Told in words what is waited for. */
  readonly onWaiting?: (text: string) => void;
}

/** Being the one master that may change the state, for as long as a lease of etcd counts. */
export interface Leadership {
  /** Key that is there in this revision as long as nobody else leads: the condition of every change. */
  readonly key: string;
  readonly term: number;
  /** Aborted when it is over, or nobody knows whether it is. */
  readonly lost: AbortSignal;
  /** Gives it back, so that another need not wait. */
  end(): Promise<void>;
}

/**
 * Waits until this master leads.
 * @returns undefined if the signal aborts before
 */
export async function lead(options: LeadershipOptions): Promise<Leadership | undefined> {
  const { client, prefix, address, seconds = 5, signal, onWaiting } = options;
  const key = `${prefix}leader`;
  let told = '';
  while (!signal.aborted) {
    const text = await attempt();
    if (typeof text !== 'string') return text;
    if (text !== told) onWaiting?.((told = text));
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
  return undefined;

  async function attempt(): Promise<Leadership | string> {
    try {
      const [leader] = await client.range(key);
      if (leader !== undefined) return `stands by; the master at ${leader.value.toString()} leads`;
      const began = performance.now();
      const lease = await client.grant(seconds);
      const term = await client.change(
        [{ key, created: 0 }],
        [{ put: key, value: address, lease }],
      );
      if (term !== undefined) return held(lease, term, began);
      await client.revoke(lease);
      return 'stands by';
    } catch (error) {
      return `cannot lead: etcd: ${(error as Error).message}`;
    }
  }

  function held(lease: string, term: number, began: number): Leadership {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    // By our own clock, from before each request on: etcd's lease ends later, never sooner.
    let counts = began + seconds * 1000;
    const keeping = (async () => {
      while (!until.aborted && performance.now() < counts) {
        const asked = performance.now();
        try {
          if (!(await client.keepAlive(lease))) break;
          counts = asked + seconds * 1000;
        } catch (error) {
          if (error instanceof EtcdRefused) break;
        }
        await sleep((seconds / 4) * 1000, undefined, { signal: until }).catch(() => undefined);
      }
      over.abort(new Error('this master leads no more'));
    })();
    // The loop above may hang in a request, or its timer come late: this one is looked at by itself.
    const watchdog = setInterval(() => {
      if (performance.now() >= counts) over.abort(new Error('no majority of etcd answers'));
    }, 100);
    return {
      key,
      term,
      lost: over.signal,
      async end() {
        over.abort(new Error('this master leads no more'));
        clearInterval(watchdog);
        await keeping;
        await client.revoke(lease).catch(() => undefined);
      },
    };
  }
}
