import { UserError, type Problem } from '../../../base/errors.ts';
import type { Host } from '../../remote/host.ts';
import type { MountDifferences } from '../storage.ts';
import { clientVersion } from './client.ts';
import { findLustre, type LustreMount } from './find.ts';

/** See StorageBackend.compareHosts. */
export async function compareLustre(
  first: Host,
  other: Host,
  directory: string,
): Promise<MountDifferences> {
  const found: LustreMount[] = [];
  for (const { name, shell } of [first, other]) {
    try {
      found.push(await findLustre(shell, directory));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return {
        problems: error.problems.map((each) => onHost(each, name, directory)),
        warnings: [],
      };
    }
  }
  const [a, b] = found;
  if (a === undefined || b === undefined) throw new Error('two hosts were looked at');
  const versions = await Promise.all([clientVersion(first.shell), clientVersion(other.shell)]);
  return {
    problems: differentSystems([first, other], [a, b], directory),
    warnings: [
      ...unequal([first, other], 'runs Lustre', versions),
      ...unequal([first, other], 'reaches the management server as', [
        a.source?.mgs ?? 'unknown',
        b.source?.mgs ?? 'unknown',
      ]),
      ...unequal([first, other], 'has Lustre mounted with', [options(a, b), options(b, a)]),
    ],
  };
}

function onHost(problem: Problem, name: string, directory: string): Problem {
  return { ...problem, where: `${name}:${directory}` };
}

function differentSystems(
  [first, other]: [Host, Host],
  [a, b]: [LustreMount, LustreMount],
  directory: string,
): Problem[] {
  const names = [a.source?.fsname, b.source?.fsname];
  if (names[0] === names[1] || names.includes(undefined)) return [];
  return [
    {
      where: `${other.name}:${directory}`,
      message: `expected the file system ${names[0] ?? ''} that ${first.name} has there, found ${names[1] ?? ''} (${b.mount?.source ?? ''})`,
      remedy: 'Mount the same Lustre on every host at the same place.',
    },
  ];
}

function unequal([first, other]: [Host, Host], what: string, [a, b]: readonly string[]): string[] {
  if (a === b) return [];
  return [
    `${first.name} ${what} ${a || 'nothing else'}, ${other.name} ${what} ${b || 'nothing else'}`,
  ];
}

/** Mount options that the other host has not. */
function options({ mount }: LustreMount, other: LustreMount): string {
  const others = other.mount?.options ?? [];
  return (mount?.options ?? []).filter((option) => !others.includes(option)).join(',');
}
