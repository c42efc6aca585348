import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import type { Operator } from '../../manager/member/operator.ts';
import { sentence } from './operate.ts';
import { untilEnded } from './until-ended.ts';
import { asking, withOperator, type OperatorOptions } from './with-operator.ts';

/** `virtgauge cluster watch` */
export function addWatch(cluster: Command): void {
  withOperator(cluster.command('watch'))
    .description('say what changes, line by line, until it is interrupted')
    .option('--interval <seconds>', 'between two looks', seconds, 1)
    .action(async (options: OperatorOptions & { interval: number }) => {
      await asking(options, (master) =>
        untilEnded((signal) => watch(master, { ...options, signal })),
      );
    });
}

/** One line: of what, its name, and how it is now. */
interface Seen {
  readonly of: 'host' | 'guest' | 'operation';
  readonly name: string;
  readonly now: string;
}

async function watch(
  master: Operator,
  { json, interval, signal }: { json: boolean; interval: number; signal: AbortSignal },
): Promise<void> {
  let before = new Map<string, string>();
  while (!signal.aborted) {
    const now = new Map<string, string>();
    for (const { of, name, now: is } of await look(master)) {
      const key = `${of} ${name}`;
      now.set(key, is);
      if (before.get(key) === is) continue;
      const at = new Date().toISOString();
      console.log(json ? JSON.stringify({ at, of, name, now: is }) : `${at} ${key}: ${is}`);
    }
    for (const key of before.keys()) {
      if (now.has(key) || key.startsWith('operation ')) continue;
      const at = new Date().toISOString();
      const [of, name] = key.split(' ');
      console.log(json ? JSON.stringify({ at, of, name, now: 'gone' }) : `${at} ${key}: gone`);
    }
    before = now;
    await sleep(interval * 1000, undefined, { signal }).catch(() => undefined);
  }
}

async function look(master: Operator): Promise<Seen[]> {
  const ask = <K extends 'hosts' | 'guests' | 'operations'>(what: K) =>
    master.ask({ kind: 'query', what }, what);
  const [{ hosts }, { guests }, { operations }] = [
    await ask('hosts'),
    await ask('guests'),
    await ask('operations'),
  ];
  return [
    ...hosts.map(({ name, health, note }) => ({
      ...{ of: 'host' as const, name, now: note === undefined ? health : `${health}, ${note}` },
    })),
    ...guests.map(({ name, state, host = 'nowhere' }) => ({
      ...{ of: 'guest' as const, name, now: `${state} on ${host}` },
    })),
    ...operations.map((operation) => ({
      ...{ of: 'operation' as const, name: operation.id },
      now: sentence({ kind: 'operation', ...operation }),
    })),
  ];
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3600) return value;
  throw new InvalidArgumentError('Expected seconds, such as 1.');
}
