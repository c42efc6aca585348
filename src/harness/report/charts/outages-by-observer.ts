import type { Analysis } from '../../analysis/analysis.ts';
import { armPhrase, armText } from '../../analysis/arms.ts';
import { completionText } from '../../analysis/completion.ts';
import { observerNames, observers } from '../../analysis/migration/observers.ts';
import { type ArmOutages, isAtFloor, type ObserverView } from '../../analysis/migration/outages.ts';
import { quantity } from '../../analysis/quantity.ts';
import { worstWord } from '../../analysis/summary.ts';
import { type ChartKind, chartWidth, labelRoom, panelTitle } from './chart.ts';
import { logTicks } from './log-ticks.ts';
import { notes } from './notes.ts';
import { quiet } from './theme.ts';

const rowHeight = 20;
const textSpace = 150;

/** How long each observer saw the service away, arm by arm, on one log axis. */
export const outagesByObserver: ChartKind = (analysis, palette) => {
  const arms = (analysis.outages ?? []).filter(({ views }) =>
    views.some(({ downtime }) => downtime !== undefined),
  );
  const rows = arms.flatMap(({ arm, views }) => views.flatMap((view) => rowOf(arm, view) ?? []));
  const shown = rows.flatMap(({ median, low, high, floor }) => [median, low, high, floor]);
  const finite = shown.filter(
    (value): value is number => value !== undefined && value > 0 && Number.isFinite(value),
  );
  if (finite.length === 0) return [];
  const domain = [Math.min(...finite) / 1.4, Math.max(...finite) * 1.4];
  const [left = 0, right = 0] = domain;
  const names = observerNames.map((name) => observers[name].title);
  const titleOf = ({ arm, completion }: ArmOutages) =>
    [armText(analysis.run.arms[arm] ?? {}), completionText(completion)]
      .filter((part) => part !== '')
      .join(': ');
  const room = labelRoom(names);
  const width = chartWidth - room - textSpace;
  const x = { type: 'quantitative' as const, scale: { type: 'log' as const, domain, nice: false } };
  const y = {
    field: 'observer',
    type: 'nominal' as const,
    title: null,
    scale: { domain: names },
    axis: { minExtent: room, maxExtent: room },
  };
  const title = 'Outages by observer';
  return [
    {
      id: 'outages-by-observer',
      title,
      caption: captionOf(analysis, arms),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            '● median  ○ at the floor  | floor: longest gap in as long a time without a migration · lines: 95 % intervals',
          ),
        },
        spacing: 16,
        vconcat: arms.map((one, index) => {
          const { arm } = one;
          const last = index === arms.length - 1;
          const colour = palette.arms[arm]?.light ?? quiet.light;
          const own = rows
            .filter((row) => row.arm === arm)
            .map((row) => ({
              ...row,
              // Nothing seen, and an interval that failures leave open, run to the edge.
              ...(row.median === undefined ? {} : { median: Math.max(row.median, left) }),
              ...(row.low === undefined ? {} : { low: Math.max(row.low, left) }),
              ...(row.high === undefined ? {} : { high: Math.min(row.high, right) }),
            }));
          return {
            title: panelTitle(titleOf(one)),
            width,
            height: names.length * rowHeight,
            data: { values: own },
            encoding: { y },
            layer: [
              {
                transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
                mark: { type: 'rule' as const, strokeWidth: 2, color: colour },
                encoding: {
                  x: {
                    field: 'low',
                    ...x,
                    title: last ? 'downtime (log scale)' : null,
                    axis: {
                      labels: last,
                      domain: last,
                      values: logTicks(left, right),
                      labelExpr: timeLabels,
                    },
                  },
                  x2: { field: 'high' },
                },
              },
              {
                transform: [{ filter: 'datum.floor > 0' }],
                mark: { type: 'tick' as const, thickness: 2, size: 13, color: quiet.light },
                encoding: { x: { field: 'floor', ...x } },
              },
              {
                transform: [{ filter: 'isValid(datum.median)' }],
                mark: { type: 'point' as const, size: 62, opacity: 1, strokeWidth: 1.6 },
                encoding: {
                  x: { field: 'median', ...x },
                  stroke: { value: colour },
                  fill: {
                    condition: { test: 'datum.atFloor', value: '#ffffff' },
                    value: colour,
                  },
                },
              },
              {
                mark: {
                  type: 'text' as const,
                  align: 'left' as const,
                  fontSize: 11,
                  color: quiet.light,
                },
                encoding: { text: { field: 'label' }, x: { value: width + 10 } },
              },
            ],
          };
        }),
      },
    },
  ];
};

/** Seconds as `5 ms`, `2 s`. */
const timeLabels =
  "datum.value < 1e-3 ? format(datum.value * 1e6, '~r') + ' µs' : datum.value < 1 ? format(datum.value * 1e3, '~r') + ' ms' : format(datum.value, '~r') + ' s'";

function rowOf(arm: number, view: ObserverView) {
  const { observer, downtime, floor } = view;
  if (downtime === undefined) return undefined;
  const { median, interval } = downtime;
  const atFloor = isAtFloor(view);
  const value = quantity(median, 's', worstWord(downtime));
  return {
    arm,
    observer: observers[observer].title,
    atFloor,
    label: atFloor ? `${value}, at the floor` : value,
    ...(Number.isFinite(median) ? { median } : {}),
    ...(interval === undefined || !Number.isFinite(interval.low)
      ? {}
      : { low: interval.low, high: interval.high }),
    ...(floor === undefined ? {} : { floor }),
  };
}

/** The arm in which the observers lie furthest apart. */
function captionOf({ run }: Analysis, arms: readonly ArmOutages[]): string {
  const spans = arms.flatMap(({ arm, views }) => {
    const seen = views
      .map((view) => ({ name: observers[view.observer].title, value: view.seen?.median ?? NaN }))
      .filter(({ value }) => value > 0)
      .sort((a, b) => a.value - b.value);
    const [least, most] = [seen[0], seen.at(-1)];
    return least === undefined || most === undefined || least === most
      ? []
      : [{ arm, least, most }];
  });
  const [widest] = spans.sort(
    (a, b) => b.most.value / b.least.value - a.most.value / a.least.value,
  );
  if (widest === undefined) return 'No two observers saw an outage.';
  const where = armPhrase(run.arms[widest.arm] ?? {});
  const end = ({ name, value }: { name: string; value: number }) =>
    `${quantity(value, 's')} (${name})`;
  return `The same outage, from ${end(widest.least)} to ${end(widest.most)}${where === '' ? '' : ` ${where}`}: the figure depends on who looks.`;
}
