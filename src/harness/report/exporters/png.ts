import { fontFamily, fontFile } from '../font.ts';
import type { Exporter } from './exporter.ts';

/** Pixels of the file for one of the drawing: sharp in print at the width of a column. */
const zoom = 2;

/** The pictures as PNG on white, drawn with the shipped font only. */
export const pngPictures: Exporter = async ({ charts }) => {
  if (charts.length === 0) return [];
  const { renderAsync } = await import('@resvg/resvg-js');
  const options = {
    background: '#ffffff',
    fitTo: { mode: 'zoom' as const, value: zoom },
    font: { loadSystemFonts: false, fontFiles: [fontFile()], defaultFontFamily: fontFamily },
  };
  return Promise.all(
    charts.map(async ({ id, svg }) => {
      const image = await renderAsync(svg, options);
      return { path: `charts/${id}.png`, content: [image.asPng()] };
    }),
  );
};
