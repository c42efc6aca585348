import { UserError } from '../../base/errors.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import { levelsSchema, type Levels } from '../scenario/levels.ts';

const { emulator: usual } = levelsSchema.parse({});

/**
 * Versions of the programs of QEMU that arms name, `QEMU at PATH` → version; the usual one is told
 * elsewhere.
 * @throws UserError if one does not run on a host, or is another version there
 */
export async function emulatorVersions(
  hosts: readonly Host[],
  arms: readonly Pick<Levels, 'emulator'>[],
): Promise<Record<string, string>> {
  const named = new Set(arms.map(({ emulator }) => emulator).filter((name) => name !== usual));
  const versions: Record<string, string> = {};
  for (const emulator of named) {
    for (const host of hosts.filter((one) => runs(one, 'qemu'))) {
      const version = await versionOn(host, emulator);
      const other = (versions[`QEMU at ${emulator}`] ??= version);
      if (other === version) continue;
      throw new UserError({
        where: `emulator: ${emulator}`,
        message: `expected one version on all hosts, got ${other} and, on ${host.name}, ${version}`,
      });
    }
  }
  return versions;
}

async function versionOn({ name, shell }: Host, emulator: string): Promise<string> {
  try {
    const { stdout } = await shell.run([emulator, '--version'], { timeout: 30 });
    return /version ([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
  } catch (cause) {
    throw new UserError(
      {
        where: `emulator: ${emulator}`,
        message: `expected a program of QEMU on ${name}, which it does not run as (${(cause as Error).message})`,
        remedy: 'Name a program in its PATH, or an absolute path there.',
      },
      { cause },
    );
  }
}
