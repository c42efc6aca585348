import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import { needsGuests } from '../harness/scenario/needs-guests.ts';
import { addRunning } from './run.ts';

/** `virtgauge simulate SCENARIO`: `run` under another name, for scenarios that need no host. */
export function addSimulate(program: Command): void {
  addRunning(
    program
      .command('simulate')
      .description(
        "run a scenario that needs no host: the manager's decisions on a simulated cluster",
      )
      .argument('<scenario>', 'YAML file such as scenarios/sim/placement.yaml'),
    (scenario) => {
      const real = needsGuests(scenario);
      if (real === undefined) return;
      throw new UserError({
        where: 'measure',
        message: `expected simulation, which needs no host, got ${real}`,
        remedy: 'Use virtgauge run for it.',
      });
    },
  );
}
