import type { Palette } from '../palette.ts';
import { colourVariables } from './style.ts';
import { type Html, escapeHtml, trusted } from './template.ts';

/**
 * A drawn picture for the inside of a page: its colours become the page's variables, so that it
 * follows light and dark; its ids get a prefix, so that two pictures on a page do not share them.
 */
export function inlineSvg(
  svg: string,
  { id, title }: { id: string; title: string },
  palette: Palette,
): Html {
  const variables = colourVariables(palette);
  const body = svg
    .replace(
      /\b(fill|stroke)="(#[0-9a-f]{6}|white)"/gi,
      (whole, attribute: string, colour: string) => {
        const key = colour.toLowerCase() === 'white' ? '#ffffff' : colour.toLowerCase();
        const variable = variables.get(key);
        return variable === undefined ? whole : `${attribute}="var(${variable.name})"`;
      },
    )
    .replace(/ font-family="[^"]*"/g, '')
    .replace(/\bid="([^"]+)"/g, (_, name: string) => `id="${id}-${name}"`)
    .replace(/url\(#([^)"]+)\)/g, (_, name: string) => `url(#${id}-${name})`)
    .replace(/^<svg /, () => `<svg role="img" aria-label="${escapeHtml(title)}" `)
    .replace(/(<svg [^>]*?) width="([\d.]+)" height="[\d.]+"/, '$1 style="max-width:$2px"');
  return trusted(body);
}
