import { csv } from './csv.ts';
import { armKeyCells, keyHeader, labelCell, labelHeader } from './columns.ts';
import { judgementCells, judgementHeader } from './judgement-cells.ts';
import type { Table } from './tables.ts';

export const effectsTable: Table = {
  file: 'effects.csv',
  about: 'what each level of each factor does to the headline figures, across all matched arms',
  *write(analysis) {
    const { run, effects, outages } = analysis;
    const migrates = outages !== undefined;
    yield csv([
      [
        ...keyHeader,
        'factor',
        'base',
        'level',
        'pairs',
        'blocks',
        'trials',
        'failed',
        ...(migrates ? ['not_converged'] : []),
        'ratio',
        'low',
        'high',
        ...judgementHeader,
        'noise_floor',
        'depends_on',
        labelHeader,
      ],
      ...effects.map(({ series, factor, base, level, pairs, blocks, trials, failed, ...rest }) => [
        ...armKeyCells(run, run.arms[pairs[0]?.other ?? 0] ?? {}, series.key),
        factor,
        base,
        level,
        pairs.length,
        blocks,
        trials,
        failed,
        ...(migrates ? [rest.notConverged] : []),
        rest.ratio?.estimate,
        rest.ratio?.interval?.low,
        rest.ratio?.interval?.high,
        ...judgementCells(rest.judgement),
        rest.noiseFloor,
        rest.interaction?.factor,
        labelCell(analysis),
      ]),
    ]);
  },
};
