import { partNames } from '../../analysis/decomposition/parts.ts';
import { csv } from './csv.ts';
import { keyCells, keyHeader, labelCell, labelHeader } from './columns.ts';
import { judgementCells, judgementHeader } from './judgement-cells.ts';
import type { Table } from './tables.ts';

export const decompositionTable: Table = {
  file: 'decomposition.csv',
  about:
    'what copy-on-write gains, what the other storage does, both together, and whether they interact',
  applies: ({ decompositions }) => decompositions.length > 0,
  *write(analysis) {
    const { run, decompositions } = analysis;
    const others = Object.keys(run.factors).filter(
      (factor) => factor !== 'storage' && factor !== 'provisioning',
    );
    yield csv([
      [
        ...keyHeader,
        ...others,
        'combinations',
        'left_out',
        'base_storage',
        'other_storage',
        'blocks',
        'trials',
        'failed',
        'not_converged',
        'part',
        'gain',
        'low',
        'high',
        'share',
        'share_low',
        'share_high',
        ...judgementHeader,
        'noise_floor',
        labelHeader,
      ],
      ...decompositions.flatMap((one) => {
        const { series, rest, crosses, base, other, blocks, trials, parts } = one;
        const head = [
          ...keyCells(series.key),
          ...others.map((factor) => rest?.[factor]),
          crosses.length,
          one.leftOut,
          base,
          other,
          blocks,
          trials,
          one.failed,
          one.notConverged,
        ];
        const tail = [one.noiseFloor, labelCell(analysis)];
        if (parts === undefined) {
          const none = { kind: 'not-comparable' as const, why: one.why ?? '' };
          return [[...head, ...Array<undefined>(7), ...judgementCells(none), ...tail]];
        }
        return partNames.map((name) => {
          const { gain, interval, share, judgement } = parts[name];
          return [
            ...head,
            name,
            Number.isNaN(gain) ? undefined : gain,
            interval?.low,
            interval?.high,
            share?.value,
            share?.interval.low,
            share?.interval.high,
            ...judgementCells(judgement),
            ...tail,
          ];
        });
      }),
    ]);
  },
};
