import { UserError, type Problem } from '../../../base/errors.ts';
import { powerOf, type PowerOptions } from '../../../platform/power/power.ts';
import type { Host } from '../../../platform/remote/host.ts';

/**
 * Makes sure that the power of hosts can be cut, before anything is done on them.
 * @throws UserError with what is wrong with each
 */
export async function requirePower(
  hosts: readonly Host[],
  options: PowerOptions = {},
): Promise<void> {
  const problems: Problem[] = [];
  for (const { name, entry } of hosts) {
    if (entry?.ssh === undefined) {
      problems.push({
        where: name,
        message: 'expected another machine, whose power can be cut, got this one',
        remedy: `Make one: virtgauge lab up ${
          options.sharedKernel === true
            ? '--namespaces 2 --shared directory'
            : '--machines kvm:1 --disk-cache writeback'
        }, then --hosts lab; or name hosts of yours with powerOff and powerOn.`,
      });
      continue;
    }
    try {
      await powerOf(entry, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new UserError(problems);
}
