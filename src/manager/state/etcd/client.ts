import { Agent, request } from 'undici';
import { z } from 'zod';
import { NotRecorded } from '../state-log.ts';

/** What etcd says, where it says so for certain: nothing was changed. */
export class EtcdRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EtcdRefused';
  }
}

/** No member of etcd has answered: what was asked may have been done, or not. */
export class EtcdSilent extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EtcdSilent';
  }
}

/** A key and its value, both text. */
export interface KeyValue {
  readonly key: string;
  readonly value: Buffer;
  /** Revision of etcd in which the key was made. */
  readonly created: number;
}

/** That a key was made in this revision; 0: that it is not there. */
export interface Condition {
  readonly key: string;
  readonly created: number;
}

export type Change =
  | { readonly put: string; readonly value: string | Buffer; readonly lease?: string }
  /** All keys from `remove` on, before `until`. */
  | { readonly remove: string; readonly until: string };

export interface EtcdOptions {
  /** `http://host:port` of its members, each of which will do. */
  readonly urls: readonly string[];
  /** Seconds until a member that does not answer is left for the next. Default: 1. */
  readonly patience?: number;
}

const kvSchema = z.object({
  key: z.string(),
  value: z.string().default(''),
  create_revision: z.coerce.number(),
});
const headerSchema = z.object({ revision: z.coerce.number() });
const rangeSchema = z.object({ kvs: z.array(kvSchema).default([]) });
const txnSchema = z.object({ header: headerSchema, succeeded: z.boolean().default(false) });
const grantSchema = z.object({ ID: z.string(), TTL: z.coerce.number() });
const aliveSchema = z.object({ result: z.object({ TTL: z.coerce.number().default(0) }) });
const errorSchema = z.object({ code: z.number(), message: z.string() });

/** Codes of gRPC after which nobody knows: cancelled, unknown, deadline, aborted, internal, unavailable. */
const uncertain: ReadonlySet<number> = new Set([1, 2, 4, 10, 13, 14]);

/** The part of etcd's v3 interface that a state needs, by its JSON gateway. */
export class EtcdClient {
  readonly #urls: readonly string[];
  readonly #patience: number;
  readonly #agent: Agent;
  #current = 0;

  constructor({ urls, patience = 1 }: EtcdOptions) {
    this.#urls = urls;
    this.#patience = patience;
    this.#agent = new Agent({ connections: 4, connect: { timeout: patience * 1000 } });
  }

  /** Everything under a prefix, as a majority has it, in the order of keys. */
  async range(prefix: string): Promise<KeyValue[]> {
    const asked = { key: encode(prefix), range_end: encode(after(prefix)) };
    const { kvs } = rangeSchema.parse(await this.#ask('kv/range', asked));
    return kvs.map(({ key, value, create_revision }) => ({
      key: Buffer.from(key, 'base64').toString(),
      value: Buffer.from(value, 'base64'),
      created: create_revision,
    }));
  }

  /**
   * Makes all changes at once, if all conditions hold.
   * @returns the revision in which they were made; undefined if a condition does not hold
   */
  async change(
    conditions: readonly Condition[],
    changes: readonly Change[],
  ): Promise<number | undefined> {
    const asked = {
      compare: conditions.map(({ key, created }) => ({
        ...{ key: encode(key), target: 'CREATE', result: 'EQUAL' },
        create_revision: String(created),
      })),
      success: changes.map((change) =>
        'put' in change
          ? {
              request_put: {
                ...{ key: encode(change.put), value: encode(change.value) },
                ...(change.lease && { lease: change.lease }),
              },
            }
          : {
              request_delete_range: {
                ...{ key: encode(change.remove), range_end: encode(change.until) },
              },
            },
      ),
    };
    const { header, succeeded } = txnSchema.parse(await this.#ask('kv/txn', asked));
    return succeeded ? header.revision : undefined;
  }

  /** @param seconds of the lease; etcd may give more. @returns its id */
  async grant(seconds: number): Promise<string> {
    return grantSchema.parse(await this.#ask('lease/grant', { TTL: String(seconds) })).ID;
  }

  /** @returns whether the lease counts for its whole time again; false: it is over */
  async keepAlive(lease: string): Promise<boolean> {
    const { result } = aliveSchema.parse(await this.#ask('lease/keepalive', { ID: lease }));
    return result.TTL > 0;
  }

  async revoke(lease: string): Promise<void> {
    await this.#ask('lease/revoke', { ID: lease });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** Asks one member after the other, until one answers. */
  async #ask(path: string, body: object): Promise<unknown> {
    let why: unknown = new Error('no member is known');
    for (let tried = 0; tried < this.#urls.length; tried++) {
      const url = this.#urls[this.#current % this.#urls.length] ?? '';
      try {
        return await this.#askOne(`${url}/v3/${path}`, body);
      } catch (error) {
        if (error instanceof EtcdRefused) throw error;
        why = error;
        this.#current++;
      }
    }
    throw new EtcdSilent(`no majority of etcd answers (${(why as Error).message})`, { cause: why });
  }

  async #askOne(url: string, body: object): Promise<unknown> {
    const answer = await request(url, {
      ...{ method: 'POST', body: JSON.stringify(body), dispatcher: this.#agent },
      signal: AbortSignal.timeout(this.#patience * 1000),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 200) return JSON.parse(text);
    const { code, message } = errorSchema.parse(JSON.parse(text));
    if (uncertain.has(code)) throw new Error(message);
    throw new EtcdRefused(message);
  }
}

/** A failure of etcd as that of a state log. */
export function notRecorded(error: unknown): NotRecorded {
  return new NotRecorded(new Error(`etcd: ${(error as Error).message}`, { cause: error }));
}

function encode(value: string | Buffer): string {
  return Buffer.from(value).toString('base64');
}

/** The first key that has no such prefix; prefixes end with a character below the last. */
export function after(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
