import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { expectName } from '../../base/name.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Arrangement } from '../../manager/wire/messages/kinds.ts';
import { finish, sentence, untilOver, withRequest, type RequestOptions } from './operate.ts';
import { asking, bodyJson } from './with-operator.ts';

/** `virtgauge cluster evacuate|return|rebalance|consolidate` */
export function addArrangements(cluster: Command): void {
  const host = (name: Arrangement, about: string) =>
    withRequest(cluster.command(name).argument('<host>', 'name of the host'))
      .description(about)
      .action(async (at: string, options: RequestOptions) => {
        expectName(at, 'host');
        await arrange(name, options, at);
      });
  const all = (name: Arrangement, about: string) =>
    withRequest(cluster.command(name))
      .description(about)
      .action((options: RequestOptions) => arrange(name, options));
  host('evacuate', 'move all running guests off a host, which takes none until it is returned');
  host('return', 'let a host that was evacuated take guests again');
  all('rebalance', 'move guests so that hosts are used evenly');
  all('consolidate', 'move guests so that they need fewer hosts');
}

async function arrange(what: Arrangement, options: RequestOptions, host?: string): Promise<void> {
  const { id = randomUUID(), dryRun, json } = options;
  await asking(options, async (master) => {
    const request = { kind: 'arrange', id, what, host, dryRun } as const;
    const { operations, left } = await master.ask(request, 'operations');
    const say = (text: string) => {
      if (!json) console.log(text);
    };
    for (const { guest, why } of left) say(`${guest} stays: ${why}`);
    if (what === 'return' && !dryRun) say(`${host ?? ''} takes guests again`);
    else if (operations.length === 0) say(`${what}: nothing to move`);
    if (dryRun) for (const operation of operations) say(sentence(asOperation(operation), true));
    const ended = dryRun
      ? operations.map(asOperation)
      : await untilOver(master, operations.map(asOperation), options, (operation) => {
          say(sentence(operation));
        });
    if (json) {
      const bare = ended.map((operation) => JSON.parse(bodyJson(operation)) as object);
      console.log(bodyJson({ operations: bare, left }, { dryRun }));
    }
    if (what === 'evacuate' && left.length > 0 && !dryRun) process.exitCode = exitCodes.someFailed;
    finish(ended, options);
  });
}

function asOperation<T extends object>(operation: T) {
  return { kind: 'operation', ...operation } as const;
}
