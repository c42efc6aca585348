import { visible } from '../html/template.ts';
import { textWidth } from './text-width.ts';
import { theme } from './theme.ts';
import type { Chart } from './chart.ts';

/** Not in Vega's types, but made to be replaced. */
type TextWidth = (item: { fontSize?: number; limit?: number }, text: string | string[]) => number;

/** Turns charts into SVG on white. Vega takes half a second to load, so it comes only when asked. */
export async function loadDrawing(): Promise<(chart: Chart) => Promise<string>> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  // Widths from the shipped font, so that layout never depends on what a machine has installed.
  const { textMetrics } = vega as unknown as { textMetrics: { width: TextWidth } };
  textMetrics.width = ({ fontSize = 11, limit = 0 }, text) => {
    const width = textWidth(String(text).trim(), fontSize);
    return limit > 0 ? Math.min(width, limit) : width;
  };
  return async ({ spec }) => {
    const { spec: compiled } = compile(spec, { config: { ...theme, aria: false } });
    const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
    try {
      // Control characters are no XML: other programs would refuse the file.
      return visible(await view.toSVG());
    } finally {
      view.finalize();
    }
  };
}
