import type { Config } from 'vega-lite';
import { fontFamily } from '../font.ts';
import type { Colour } from '../palette.ts';

/** Colours of what is not data. In a page each follows the reader's light or dark scheme. */
export const ink: Colour = { light: '#1b1f23', dark: '#e6e8ea' };
export const quiet: Colour = { light: '#57606a', dark: '#9aa4ad' };
export const faint: Colour = { light: '#d0d5da', dark: '#3a4249' };
export const fainter: Colour = { light: '#e9ecef', dark: '#262c31' };
export const accent: Colour = { light: '#0b6e6e', dark: '#4fc4c0' };

/** Colours of phases, in order of time: Paul Tol's scheme "light", for areas. */
export const phaseColours: readonly Colour[] = [
  { light: '#77aadd', dark: '#5f8fc0' },
  { light: '#99ddff', dark: '#7dbfe0' },
  { light: '#44bb99', dark: '#3da386' },
  { light: '#bbcc33', dark: '#a3b22f' },
  { light: '#eedd88', dark: '#d3c376' },
  { light: '#ee8866', dark: '#d2775a' },
  { light: '#ffaabb', dark: '#de929f' },
  { light: '#c4c8cc', dark: '#6b737a' },
  // Those of restored guests, which no other palette uses beside these.
  { light: '#aa7fc2', dark: '#93699f' },
  { light: '#8a6d3b', dark: '#a3854f' },
];

/** What phases are called that are too short to be named; they have the colour `faint`. */
export const shorterOnes = 'shorter ones';

/** The look of every picture, on white. */
export const theme: Config = {
  background: 'white',
  font: fontFamily,
  numberFormat: '~f',
  padding: { left: 1, right: 6, top: 6, bottom: 6 },
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'bounds',
    fontSize: 14,
    fontWeight: 'normal',
    color: ink.light,
    subtitleFontSize: 11,
    subtitleColor: quiet.light,
    subtitlePadding: 4,
    offset: 14,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    labelColor: quiet.light,
    titleColor: quiet.light,
    domain: false,
    ticks: false,
    labelPadding: 6,
    titlePadding: 8,
    gridColor: fainter.light,
    labelLimit: 320,
    titleLimit: 400,
  },
  axisX: { domain: true, domainColor: faint.light },
  header: {
    title: null,
    labelFontSize: 12,
    labelColor: ink.light,
    labelFontWeight: 'normal',
    labelAnchor: 'start',
    labelPadding: 4,
    labelLimit: 320,
  },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    title: null,
    labelFontSize: 11,
    labelColor: ink.light,
    labelLimit: 260,
    symbolSize: 90,
    columnPadding: 18,
    rowPadding: 4,
    offset: 10,
  },
};
