import { UserError } from '../../../base/errors.ts';
import type { Arm, Run } from '../../results/schema.ts';
import { armKey } from '../arms.ts';
import { whereDifferent } from '../stored/comparable-runs.ts';
import type { Gate, GateRow } from './gate.ts';
import { versionPairs, versionsOf } from './run-versions.ts';

/** Rows that fire unless measuring their arms again takes it back. */
export function suspected({ rows, blocked }: Pick<Gate, 'rows' | 'blocked'>): GateRow[] {
  return blocked ? [] : rows.filter(({ verdict }) => verdict === 'regression');
}

/**
 * The arms of a run that have to be measured again so that every suspicion is confirmed or taken back:
 * those suspected and, where versions were interleaved, their counterparts.
 */
export function armsToConfirm(run: Run, gate: Gate, ab: readonly string[] | undefined): Arm[] {
  const wanted = new Set(suspected(gate).map(({ arm }) => armKey(arm)));
  const isWanted = (arm: Arm | undefined) => arm !== undefined && wanted.has(armKey(arm));
  if (ab === undefined) return run.arms.filter(isWanted);
  const pairs = versionPairs(run.arms, versionsOf(run, ab));
  const both = new Set(
    pairs
      .filter(({ other }) => isWanted(run.arms[other]))
      .flatMap(({ base, other }) => [base, other]),
  );
  return run.arms.filter((_, index) => both.has(index));
}

/** Confidence of the intervals of the second run alone: only what was suspected is looked at. */
export const confidenceAlone = 0.95;

/** What a gate says of the runs in question and the one made to confirm. */
export interface Again {
  /** Of both together, at the confidence of the first look. */
  together: Gate;
  /** Of the second alone, at `confidenceAlone`. */
  alone: Gate;
  run: Run;
}

/**
 * What stands once the suspected arms were measured again. A regression is confirmed where the second
 * run shows it by itself, and both runs together still do at the confidence of the first look: so a false
 * alarm is less likely than before. All other rows stay as they were: nothing new is suspected.
 * @param run the first one
 * @throws UserError if the second was made elsewhere
 */
export function confirmedGate(first: Gate, run: Run, { together, alone, run: again }: Again): Gate {
  const differences = whereDifferent(run, again);
  if (differences.length > 0) {
    throw new UserError({
      where: again.id,
      message: `expected to measure again where the run was made: ${differences.join('; ')}`,
      remedy: 'Do it there, or forbid it: --no-confirm',
    });
  }
  const rows = first.rows.map((row): GateRow => {
    const both = together.rows.find(sameRow(row));
    if (row.verdict !== 'regression' || both === undefined) return row;
    if (both.verdict !== 'regression') return { ...both, again: 'not-confirmed' };
    if (alone.rows.find(sameRow(row))?.verdict === 'regression') {
      return { ...both, again: 'confirmed' };
    }
    const why = 'the second run alone does not show it';
    return { ...both, verdict: 'inconclusive', why, again: 'not-confirmed' };
  });
  const count = (word: GateRow['again']) => rows.filter((row) => row.again === word).length;
  const arms = `${again.arms.length} ${again.arms.length === 1 ? 'arm' : 'arms'}`;
  return {
    ...first,
    rows,
    runs: together.runs,
    notes: [
      ...first.notes,
      `Suspected arms were measured again (${again.id}, ${arms}): ${count('confirmed')} confirmed, ${count('not-confirmed')} not. Their figures are those of both runs together.`,
    ],
  };
}

function sameRow({ id, arm }: GateRow): (row: GateRow) => boolean {
  const key = armKey(arm);
  return (row) => row.id === id && armKey(row.arm) === key;
}
