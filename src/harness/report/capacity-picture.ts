import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import type { Analysis } from '../analysis/analysis.ts';
import type { Capacity } from '../analysis/capacity/capacity.ts';
import { capacityChart } from './charts/capacity.ts';
import { loadDrawing } from './charts/draw.ts';
import { pngPictures } from './exporters/png.ts';
import { paletteOf } from './palette.ts';

/**
 * Draws the capacity of a run into its report folder: `report/charts/capacity.svg` and `.png`.
 * @returns the path of the PNG
 * @throws UserError if they cannot be written
 */
export async function writeCapacityPicture(
  folder: string,
  analysis: Analysis,
  capacity: Capacity,
): Promise<string> {
  const palette = paletteOf(analysis.run);
  const chart = capacityChart(analysis, capacity, palette);
  const draw = await loadDrawing();
  const drawn = { ...chart, svg: await draw(chart) };
  const report = join(folder, 'report');
  const files = [
    { path: `charts/${chart.id}.svg`, content: [drawn.svg] },
    ...(await pngPictures({ analysis, palette, charts: [drawn] })),
  ];
  try {
    for (const { path, content } of files) {
      const target = join(report, path);
      mkdirSync(dirname(target), { recursive: true });
      for (const piece of content) writeFileSync(target, piece);
    }
  } catch (cause) {
    throw new UserError(
      {
        where: report,
        message: `the picture cannot be written there (${(cause as Error).message})`,
        remedy: 'Make the folder writable, or make space.',
      },
      { cause },
    );
  }
  return join(report, `charts/${chart.id}.png`);
}
