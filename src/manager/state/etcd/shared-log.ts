import { gunzipSync, gzipSync } from 'node:zlib';
import type { Gate } from '../gate.ts';
import type { NotRecorded, StateLog, StateRules } from '../state-log.ts';
import { EtcdRefused, EtcdSilent, notRecorded, type Change, type EtcdClient } from './client.ts';
import type { Leadership } from './leadership.ts';

export interface SharedLogOptions<State, Entry> extends StateRules<State, Entry> {
  readonly client: Pick<EtcdClient, 'range' | 'change'>;
  /** All keys of the cluster begin so; ends with `/`. */
  readonly prefix: string;
  readonly leadership: Leadership;
  /** The state to begin with where etcd has none. */
  readonly first: () => State;
  /** Batches after which a snapshot is made. Default: 1,000. */
  readonly snapshotEvery?: number;
}

/**
 * A state that several masters share. `append` counts at once here, and is on its way to etcd: nothing
 * that follows from it may leave the process except through `gate`.
 */
export interface SharedLog<State, Entry> extends StateLog<State, Entry> {
  readonly gate: Gate;
}

interface Batch<State, Entry> {
  readonly entries: readonly Entry[];
  /** The state with them. */
  readonly after: State;
  readonly settle: () => void;
}

/**
 * Opens the state that etcd has. Every change is one transaction, on condition that this master still
 * leads and that nobody has written the next batch: one that was deposed changes nothing.
 * @throws EtcdRefused, EtcdSilent
 */
export async function openSharedLog<State, Entry>(
  options: SharedLogOptions<State, Entry>,
): Promise<SharedLog<State, Entry>> {
  const { client, prefix, leadership, first, reduce, snapshotEvery = 1000 } = options;
  const mine = { key: leadership.key, created: leadership.term };
  const snapshotKey = `${prefix}snapshot`;
  const batchKey = (number: number) => `${prefix}log/${String(number).padStart(15, '0')}`;

  let { at: snapshotAt, state: durable, last } = await load();
  let state = durable;
  let waiting: Batch<State, Entry>[] = [];
  let latest: Promise<void> = Promise.resolve();
  let flushing = false;
  /** The last time that something was taken back. */
  let failure: NotRecorded | undefined;
  /** Whether the batch that is under way may have come through without an answer. */
  let unsure = false;

  async function load() {
    const all = await client.range(prefix);
    const found = all.find(({ key }) => key === snapshotKey);
    const snapshot = found && (read(found.value) as { at: number; state: State });
    const begun = snapshot ?? { at: 0, state: first() };
    if (snapshot === undefined) {
      const put = { put: snapshotKey, value: write(begun) };
      const done = await client.change([mine, { key: snapshotKey, created: 0 }], [put]);
      if (done === undefined) throw new Error('another master leads');
    }
    let { at, state } = begun;
    for (const { key, value } of all.filter(({ key }) => key.startsWith(`${prefix}log/`))) {
      if (key <= batchKey(at)) continue;
      if (key !== batchKey(at + 1)) throw new Error(`${key} follows ${batchKey(at)}`);
      for (const entry of read(value) as Entry[]) state = reduce(state, entry);
      at++;
    }
    return { at: begun.at, state, last: at };
  }

  /** Takes back all that is not with etcd: nobody has heard of it. */
  function takeBack(taken: readonly Batch<State, Entry>[], error: unknown): void {
    const lost = [...taken, ...waiting];
    waiting = [];
    state = durable;
    failure = notRecorded(error);
    for (const { settle } of lost) settle();
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting;
      waiting = [];
      try {
        await put(taken.flatMap(({ entries }) => entries));
        durable = taken.at(-1)?.after ?? durable;
        last++;
        for (const { settle } of taken) settle();
        if (last - snapshotAt >= snapshotEvery) await makeSnapshot();
      } catch (error) {
        takeBack(taken, error);
        // What etcd has may not be what is known here: whoever leads next reads it anew.
        if (unsure || !(error instanceof EtcdRefused)) await leadership.end();
      }
    }
    flushing = false;
  }

  /** Until it is known whether it was done: one that gave no answer may have been. */
  async function put(entries: readonly Entry[]): Promise<void> {
    const key = batchKey(last + 1);
    // Told apart from whatever another master may write there.
    const value = write(entries);
    const change: Change = { put: key, value };
    unsure = false;
    for (;;) {
      if (leadership.lost.aborted) throw leadership.lost.reason as Error;
      try {
        if ((await client.change([mine, { key, created: 0 }], [change])) !== undefined) return;
        const there = (await client.range(key)).find((each) => each.key === key);
        const [leader] = await client.range(leadership.key);
        // An attempt before has come through, though its answer has not.
        if (leader?.created === leadership.term && there?.value.equals(value)) return;
        throw new Error('another master leads');
      } catch (error) {
        if (!(error instanceof EtcdSilent)) throw error;
        unsure = true;
      }
    }
  }

  /** Where that fails the batches are there, and the next one tries again. */
  async function makeSnapshot(): Promise<void> {
    try {
      const value = write({ at: last, state: durable });
      const done = await client.change(
        [mine],
        [
          { put: snapshotKey, value },
          { remove: batchKey(0), until: batchKey(last + 1) },
        ],
      );
      if (done !== undefined) snapshotAt = last;
    } catch {
      // See above.
    }
  }

  return {
    get state() {
      return state;
    },

    append(...entries) {
      if (leadership.lost.aborted) throw notRecorded(leadership.lost.reason);
      for (const entry of entries) state = reduce(state, entry);
      const after = state;
      latest = new Promise((settle) => waiting.push({ entries, after, settle }));
      if (flushing) return;
      flushing = true;
      void Promise.resolve().then(flush);
    },

    async gate(work) {
      const before = failure;
      const result = await work();
      await latest;
      // Whether it was this one that was taken back nobody can tell here.
      if (failure !== undefined && failure !== before) throw failure;
      if (leadership.lost.aborted) throw notRecorded(leadership.lost.reason);
      return result;
    },

    close: () => undefined,
  };
}

function write(value: unknown): Buffer {
  return gzipSync(JSON.stringify(value), { level: 1 });
}

function read(bytes: Buffer): unknown {
  return JSON.parse(gunzipSync(bytes).toString());
}
