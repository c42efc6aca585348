import { posix } from 'node:path';
import { randomToken } from '../../../ledger/ledger.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import type { MigrationBackend } from '../../migration.ts';
import { expectSameMachine } from '../../qemu/migration/compatibility.ts';
import { bridgedService } from '../../qemu/service-address.ts';
import { domainConfig } from '../domain/config.ts';
import { domainName } from '../domain/domain-name.ts';
import { findBoot } from '../find-boot.ts';
import type { Host } from '../../../remote/host.ts';
import { expectPossible } from './checks.ts';
import { loginTo, migrateCommand } from './command.ts';
import { usualLimits } from './limits.ts';
import { missingLogDirty } from './log-dirty.ts';
import { expectKnownMethod } from './method.ts';
import { runMigration, type Move } from './run.ts';
import { xenInfo } from '../versions.ts';

/**
 * Migration by `xl migrate`, which the source drives over ssh: nothing waits on the target beforehand.
 * `run` takes at most the method's `timeout` and some three minutes.
 */
export const xenMigration: MigrationBackend = {
  async unsupported({ name, shell }, accelerator) {
    return missingLogDirty(accelerator, await xenInfo(shell), name);
  },

  async prepare(guest, target, spec, method) {
    expectKnownMethod(method, spec);
    expectSameMachine(guest.spec, spec);
    if (!(await guest.running())) throw new Error(`${guest.spec.name} does not run`);
    await expectPossible(guest, target, spec);
    const domain = domainName(spec);
    const id = randomToken();
    const login = loginTo(target);
    const { environment } = spec;
    const config = await configForTarget(guest, target, spec);
    const command = migrateCommand({ domain, login, id, environment, config });
    const move: Move = {
      ...{ source: guest, target, spec, domain, id, method, command },
      limits: usualLimits,
    };
    return {
      service: bridgedService(spec),
      run: (signal, onEvent) => runMigration(move, signal, onEvent),
      abandon: () => Promise.resolve(),
    };
  },
};

/**
 * Where the target has another bridge, the guest goes with a configuration of its own: it loses what
 * was plugged in since it started. Else it takes along the one that it has.
 */
async function configForTarget(
  { spec: now, host }: Guest,
  target: Host,
  spec: GuestSpec,
): Promise<string | undefined> {
  if (JSON.stringify(now.network) === JSON.stringify(spec.network)) return undefined;
  const path = posix.join(now.directory, 'target.cfg');
  await host.shell.writeFile(path, domainConfig(spec, await findBoot(target.shell, spec)));
  return path;
}
