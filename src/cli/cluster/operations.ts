import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';
import { guestShapeOf } from '../../manager/wire/messages/guest-shape.ts';
import { guestAddress } from '../../manager/wire/messages/scalars.ts';
import type { Action, Change, GuestShape } from '../../manager/wire/messages/kinds.ts';
import { bytes, count } from './amounts.ts';
import { operate, withRequest, type RequestOptions } from './operate.ts';
import { asking } from './with-operator.ts';

interface CreateOptions extends RequestOptions, GuestShape {
  on?: string;
  policy?: string;
}

interface PlugOptions extends RequestOptions {
  vcpus?: number;
  memory?: number;
  /** Bytes of a new one, or the name of one that is taken out. */
  disk?: number | string;
  /** True for a new one, or the MAC of one that is taken out. */
  nic?: boolean | string;
}

/** `virtgauge cluster create|start|stop|remove|migrate|plug|unplug` */
export function addOperations(cluster: Command): void {
  withRequest(cluster.command('create').argument('<guest...>', 'names of the guests'))
    .description('make guests and start them, on hosts that the policy chooses')
    .option('--vcpus <n>', 'vCPUs of each', count, 1)
    .option('--memory <bytes>', 'memory of each', bytes, 2 ** 28)
    .option('--disk <bytes>', 'disk of each', bytes, 2 ** 30)
    .option('--image <name>', 'what its disk is made from', 'micro')
    .option('--storage <name>', 'where its disk is (default: the one that most hosts share)')
    .option('--address <address/prefix>', 'of its own (default: a link-local one)')
    .option('--max-vcpus <n>', 'what plug may raise its vCPUs to', count)
    .option('--max-memory <bytes>', 'what plug may raise its memory to', bytes)
    .option('--on <host>', 'the host that it shall be on')
    .option('--policy <name>', 'how to choose one')
    .action(async (guests: string[], options: CreateOptions) => {
      for (const guest of guests) expectName(guest, 'guest');
      if (options.address !== undefined && guests.length > 1) {
        throw new UserError({ message: '--address is for one guest' });
      }
      expectAddress(options.address);
      const { on, policy } = options;
      const spec = guestShapeOf(options);
      const all = guests.map((guest) => ({
        ...{ action: 'create' as const, guest, spec, host: on, policy },
      }));
      await asking(options, (master) => operate(master, all, options));
    });
  one('start', 'start a guest that is stopped');
  one('stop', 'stop a guest at once');
  one('remove', 'remove a stopped guest with its disk');
  one('migrate', 'move a running guest to another host')
    .option('--to <host>', 'the host that it shall be on')
    .option('--policy <name>', 'how to choose one');

  changing('plug', 'give a running guest more')
    .option('--disk <bytes>', 'a new disk', bytes)
    .option('--nic', 'a new network interface');
  changing('unplug', 'take something from a running guest; it may refuse')
    .option('--disk <name>', 'the disk of this name in the guest, with what is on it')
    .option('--nic <mac>', 'the network interface with this MAC');

  function one(action: Action, about: string): Command {
    return withRequest(cluster.command(action).argument('<guest>', 'name of the guest'))
      .description(about)
      .action(async (guest: string, options: RequestOptions & { to?: string; policy?: string }) => {
        expectName(guest, 'guest');
        const { to: host, policy } = options;
        const request = { action, guest, host, policy };
        await asking(options, (master) => operate(master, [request], options));
      });
  }

  function changing(action: 'plug' | 'unplug', about: string): Command {
    return withRequest(cluster.command(action).argument('<guest>', 'name of the guest'))
      .description(about)
      .option('--vcpus <n>', 'so many vCPUs', count)
      .option('--memory <bytes>', 'so much memory', bytes)
      .action(async (guest: string, options: PlugOptions) => {
        expectName(guest, 'guest');
        const request = { action, guest, change: changeOf(options) };
        await asking(options, (master) => operate(master, [request], options));
      });
  }
}

function expectAddress(address: string | undefined): void {
  if (address === undefined || guestAddress.read(address) !== undefined) return;
  throw new InvalidArgumentError('--address: expected one such as 10.0.0.5/24.');
}

function changeOf({ vcpus, memory, disk, nic }: PlugOptions): Change {
  const asked: Change[] = [
    ...(vcpus === undefined ? [] : [{ what: 'vcpus', amount: vcpus } as const]),
    ...(memory === undefined ? [] : [{ what: 'memory', amount: memory } as const]),
    ...(disk === undefined
      ? []
      : [
          typeof disk === 'number'
            ? ({ what: 'disk', amount: disk } as const)
            : ({ what: 'disk', device: disk } as const),
        ]),
    ...(nic === undefined || nic === false
      ? []
      : [
          typeof nic === 'string'
            ? ({ what: 'nic', device: nic } as const)
            : { what: 'nic' as const },
        ]),
  ];
  const [change, ...others] = asked;
  if (change !== undefined && others.length === 0) return change;
  throw new UserError({
    message: `expected one of --vcpus, --memory, --disk, --nic, got ${asked.length}`,
  });
}
