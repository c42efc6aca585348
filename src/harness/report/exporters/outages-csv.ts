import { isAtFloor } from '../../analysis/migration/outages.ts';
import { csv } from './csv.ts';
import { factorCells, factorHeader, labelCell, labelHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const outagesTable: Table = {
  file: 'outages.csv',
  about:
    'migrations, one row for each arm and observer: downtime, floor, calibration error; and what the arm has in common',
  applies: ({ outages }) => outages !== undefined,
  *write(analysis) {
    const { run, outages = [] } = analysis;
    yield csv([
      [
        ...factorHeader(run),
        'observer',
        'n',
        'failed',
        'not_converged',
        'downtime',
        'low',
        'high',
        'floor',
        'at_floor',
        'error_bias',
        'error_p95',
        'known_pauses',
        'total_time',
        'lost_work',
        'p99_control',
        'p99_migration',
        'lost_writes',
        'checked_migrations',
        'lost_writes_bound',
        'trials',
        'completed',
        labelHeader,
      ],
      ...outages.flatMap(
        ({ arm, views, total, lostWork, latency, lostWrites, completion: { n, completed } }) =>
          views.map((view) => {
            const { observer, downtime, floor, calibration } = view;
            return [
              ...factorCells(run, run.arms[arm] ?? {}),
              observer,
              downtime?.n,
              downtime?.failed,
              downtime?.notConverged,
              downtime?.median,
              downtime?.interval?.low,
              downtime?.interval?.high,
              floor,
              downtime === undefined ? undefined : isAtFloor(view),
              calibration?.bias,
              calibration?.spread,
              calibration?.n,
              total?.median,
              lostWork?.median,
              latency.control,
              latency.migration,
              lostWrites?.lost,
              lostWrites?.n,
              lostWrites?.bound,
              n,
              completed,
              labelCell(analysis),
            ];
          }),
      ),
    ]);
  },
};
