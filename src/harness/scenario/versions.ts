import { UserError } from '../../base/errors.ts';
import { show } from '../../base/yaml/printable.ts';

/** Two versions that are set against each other: the levels of some factors, as written. */
export interface Versions {
  before: Readonly<Record<string, string>>;
  now: Readonly<Record<string, string>>;
}

/** A comma before the next `factor=`: levels such as CPU lists have commas of their own. */
const separator = /,(?=[A-Za-z]+=)/;

/**
 * Reads `--ab`: `cpu=qemu64,max`; or two versions, `emulator=/opt/a/qemu` `emulator=/opt/b/qemu`, each of
 * several factors where they change together: `image=a.qcow2,machine=pc` `image=b.qcow2,machine=q35`.
 * @returns the factor alone where only that is named: its first two levels are meant
 * @throws UserError for anything else
 */
export function parseVersions(asked: readonly string[]): Versions | { factor: string } {
  const [first = '', second, ...more] = asked;
  if (second === undefined) {
    const [factor = '', rest] = first.split(/=(.*)/s);
    if (rest === undefined) return { factor };
    const [before = '', now, ...others] = rest.split(',');
    if (now !== undefined && others.length === 0 && before !== now) {
      return { before: { [factor]: before }, now: { [factor]: now } };
    }
    throw refused(asked, `two levels of ${factor}, such as ${factor}=BEFORE,NOW`);
  }
  if (more.length > 0) throw refused(asked, 'two versions: --ab FACTOR=BEFORE FACTOR=NOW');
  const [before, now] = [first, second].map((text) =>
    Object.fromEntries(
      text.split(separator).map((part) => {
        const [factor = '', level] = part.split(/=(.*)/s);
        if (level === undefined) throw refused(asked, `FACTOR=LEVEL in ${show(text)}`);
        return [factor, level];
      }),
    ),
  ) as [Record<string, string>, Record<string, string>];
  const factors = Object.keys(before);
  const same = factors.filter((factor) => before[factor] === now[factor]);
  if (factors.sort().join() !== Object.keys(now).sort().join()) {
    throw refused(asked, 'the same factors in both versions');
  }
  if (same.length > 0) throw refused(asked, `two different levels of ${same.join(' and ')}`);
  return { before, now };
}

/**
 * What has to be set in a scenario so that it interleaves two versions: both levels of each factor are
 * crossed, and where several change together their mixtures are left out.
 * @param excluded what the scenario leaves out already
 * @returns texts for `--set`
 */
export function interleaving({ before, now }: Versions, excluded: readonly object[]): string[] {
  const factors = Object.keys(before);
  const pair = (factor: string) => [before[factor] ?? '', now[factor] ?? ''];
  const crossed = factors.map(
    (factor) => `factors.${factor}=[${pair(factor).map(asYaml).join(', ')}]`,
  );
  const mixtures = factors.flatMap((one) =>
    factors
      .filter((other) => other !== one)
      .map(
        (other) => `{${one}: ${asYaml(before[one] ?? '')}, ${other}: ${asYaml(now[other] ?? '')}}`,
      ),
  );
  if (mixtures.length === 0) return crossed;
  const all = [...excluded.map((one) => JSON.stringify(one)), ...mixtures];
  return [...crossed, `exclude=[${all.join(', ')}]`];
}

/** A level as YAML reads it back: `4` is a number, `256MiB` a text. */
function asYaml(level: string): string {
  return /^[\w./+-]+$/.test(level) ? level : JSON.stringify(level);
}

function refused(asked: readonly string[], expected: string): UserError {
  return new UserError({
    where: `--ab ${asked.join(' ')}`,
    message: `expected ${expected}, got ${asked.join(' ')}`,
    remedy: 'Such as: --ab cpu=qemu64,max; or --ab emulator=/opt/a/qemu emulator=/opt/b/qemu',
  });
}
