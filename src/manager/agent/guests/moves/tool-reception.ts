import type { GuestSpec } from '../../../../platform/hypervisor/hypervisor.ts';
import type { Arrival, Reception } from './arrival.ts';
import { ShellCalls } from './shell-calls.ts';

/** What differs among hypervisors whose own tool moves guests. */
export interface Landing {
  /** Whether the guest is here. */
  readonly lives: (spec: GuestSpec) => Promise<boolean>;
  /** The guest's environment here. Default: what this host gives to guests. */
  readonly environment?: (own: GuestSpec['environment'], mark: string) => GuestSpec['environment'];
}

/**
 * For a guest that the hypervisor's tool on the sending host brings here: nothing waits for it, and what
 * the tool's move needs of this host is done by commands of the sender.
 */
export function toolReception(arrival: Arrival, { lives, environment }: Landing): Reception {
  const { ground } = arrival;
  const calls = new ShellCalls(ground.host.shell);
  return {
    lives: () => lives(arrival.file.spec),
    close: () => calls.close(),
    async answer(call) {
      switch (call.ask) {
        case 'prepare': {
          ground.expectMayStart();
          const spec = await arrival.fit(call);
          const own = spec.environment;
          const marked = { ...spec, environment: environment?.(own, call.mark) ?? own };
          return { reply: { spec: arrival.change({ spec: marked }).spec } };
        }
        case 'run':
        case 'start':
        case 'ended':
        case 'kill':
        case 'reach':
        case 'read':
          return calls.answer(call);
        default:
          throw new Error(`a guest of ${ground.options.hypervisor} is not awaited by ${call.ask}`);
      }
    },
  };
}
