import { isNumeric } from '../analysis/arms.ts';
import type { Level, Run } from '../results/schema.ts';

/** A colour on paper and on a dark screen. */
export interface Colour {
  light: string;
  dark: string;
}

/** Colours of one report: an arm has the same in every picture and table. */
export interface Palette {
  /** By index of the arm in the run. */
  arms: readonly Colour[];
  /** Colour of all arms that differ in numeric factors only, by index of one of them. */
  families: readonly Colour[];
}

/** After Okabe and Ito (2008), told apart with any colour vision; lighter on a dark ground. */
const hues: readonly Colour[] = [
  { light: '#0072b2', dark: '#5aaee8' },
  { light: '#d55e00', dark: '#f08c46' },
  { light: '#aa4499', dark: '#dd8fd0' },
  { light: '#009e73', dark: '#3cc79c' },
  { light: '#c98a00', dark: '#efb93f' },
  { light: '#4aa8dd', dark: '#9bd4f7' },
  { light: '#5c5c5c', dark: '#b8b8b8' },
  { light: '#882255', dark: '#e07aa6' },
];
export const paper: Colour = { light: '#ffffff', dark: '#14171a' };
/** Share of the ground mixed into the palest shade. */
const palest = { light: 0.5, dark: 0.35 };

/**
 * One hue for each combination of named levels, one shade of it for each combination of numbers:
 * `local · clone` is blue, with 1 guest pale and with 4 guests full.
 */
export function paletteOf({ arms, factors }: Pick<Run, 'arms' | 'factors'>): Palette {
  const numeric = new Set(
    Object.entries(factors)
      .filter(([, levels]) => levels.length > 1 && isNumeric(levels))
      .map(([factor]) => factor),
  );
  const part = (arm: Record<string, Level>, inNumbers: boolean) =>
    JSON.stringify(Object.entries(arm).filter(([factor]) => numeric.has(factor) === inNumbers));
  const names = [...new Set(arms.map((arm) => part(arm, false)))];
  const numbers = [...new Set(arms.map((arm) => part(arm, true)))];
  // With numbers only, they have hues of their own.
  const [hueOf, shadeOf, shades] =
    names.length === 1 ? [numbers, names, 1] : [names, numbers, numbers.length];
  const inNumbers = names.length === 1;
  const colours = arms.map((arm) => {
    const hue = hues[hueOf.indexOf(part(arm, inNumbers)) % hues.length] as Colour;
    const step = shadeOf.indexOf(part(arm, !inNumbers));
    const pale = shades === 1 ? 0 : 1 - step / (shades - 1);
    return {
      light: mix(hue.light, paper.light, palest.light * pale),
      dark: mix(hue.dark, paper.dark, palest.dark * pale),
    };
  });
  const families = arms.map((arm) => hues[names.indexOf(part(arm, false)) % hues.length] as Colour);
  return { arms: colours, families };
}

function mix(colour: string, ground: string, share: number): string {
  const channel = (text: string, at: number) => parseInt(text.slice(at, at + 2), 16);
  return `#${[1, 3, 5]
    .map((at) => {
      const mixed = channel(colour, at) * (1 - share) + channel(ground, at) * share;
      return Math.round(mixed).toString(16).padStart(2, '0');
    })
    .join('')}`;
}
