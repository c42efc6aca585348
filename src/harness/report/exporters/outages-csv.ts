import { isAtFloor } from '../../analysis/migration/outages.ts';
import type { Middle } from '../../analysis/middle.ts';
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
        ...['total_time', 'total_time_low', 'total_time_high'],
        ...['lost_work', 'lost_work_low', 'lost_work_high'],
        ...['p99_control', 'p99_control_low', 'p99_control_high'],
        ...['p99_migration', 'p99_migration_low', 'p99_migration_high'],
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
              ...[total, lostWork, latency.control, latency.migration].flatMap(figureCells),
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

function figureCells(figure: Middle | undefined): (number | undefined)[] {
  return [figure?.median, figure?.interval?.low, figure?.interval?.high];
}
