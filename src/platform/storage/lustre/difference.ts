import { endText, sizeText } from '../layout-text.ts';
import type { Layout, LayoutComponent } from '../layout.ts';
import type { FoundComponent, FoundLayout } from './getstripe.ts';

/**
 * In what a layout that was found is not what was asked for; undefined where it is. What was left to
 * the directory is not compared.
 * @param targets how many targets a component may use at most; undefined where that is not known
 */
export function layoutDifference(
  asked: Layout,
  found: FoundLayout,
  targets: (component: LayoutComponent) => number | undefined,
): string | undefined {
  const ends = (layout: readonly { end: LayoutComponent['end'] }[]) =>
    layout.map(({ end }) => endText(end)).join(', ');
  // `inherit` alone says nothing of components either.
  if (asked.length === 1 && isInherited(asked[0])) return undefined;
  if (ends(asked) !== ends(found)) {
    return `asked for components to ${ends(asked)}, got components to ${ends(found)}`;
  }
  const differences = asked.flatMap((component, index) => {
    const other = found[index];
    if (other === undefined) return [];
    const texts = componentDifferences(component, other, targets(component));
    return asked.length === 1 ? texts : texts.map((text) => `component ${index + 1}: ${text}`);
  });
  return differences.length === 0 ? undefined : differences.join('; ');
}

/** Whether all of it is left to the directory. */
export function isInherited({ end, stripeCount, stripeSize, pool }: LayoutComponent): boolean {
  return end === 'eof' && [stripeCount, stripeSize, pool].every((each) => each === 'inherit');
}

function componentDifferences(
  asked: LayoutComponent,
  found: FoundComponent,
  targets: number | undefined,
): string[] {
  const wanted = asked.stripeCount === 'all' ? targets : asked.stripeCount;
  // As long as a component has no objects it only repeats what was asked for.
  const striped = found.osts.length > 0 ? found.osts.length : found.stripeCount;
  const there = targets === undefined ? '' : `, where there are ${targets} to use`;
  return [
    ...(wanted === undefined || wanted === 'inherit' || striped === 'all' || striped === wanted
      ? []
      : [`asked for ${wanted} stripes, got ${striped}${there}`]),
    ...(asked.stripeSize === 'inherit' || asked.stripeSize === found.stripeSize
      ? []
      : [`asked for stripes of ${sizeText(asked.stripeSize)}, got ${sizeText(found.stripeSize)}`]),
    ...(asked.pool === 'inherit' || asked.pool === found.pool
      ? []
      : [`asked for pool ${asked.pool}, got ${found.pool ?? 'none'}`]),
  ];
}
