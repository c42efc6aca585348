import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Gate } from '../../analysis/gate/gate.ts';
import { gateExporters } from './gate-list.ts';

const hostile = [
  '</testsuite><script>alert(1)</script>',
  '"}\n# EOF\nvirtgauge_regression{x="y"} 0',
  '=cmd|calc',
  '[x](javascript:alert(1)) <img src=x onerror=alert(1)>',
  'a|b|c\n| --- |',
  ']]>\u0000\u001b[31m\u202e',
];

const row = (text: string): Gate['rows'][number] => ({
  id: `creation.total job=${text}`,
  figure: text,
  metric: { title: text, unit: 's', better: 'lower' },
  arm: { storage: text, guests: 4 },
  ...{ now: 3.42, before: 3.1, n: 8 },
  ratio: {
    estimate: 1.1,
    interval: { estimate: 1.1, low: 1.06, high: 1.15, confidence: 0.999 },
  },
  verdict: 'regression',
  changes: [{ index: 5, p: 0.002, run: text }],
});

const gate = (text: string, change: Partial<Gate> = {}): Gate => ({
  scenario: text,
  runs: [text],
  against: { kind: 'history', runs: [text] },
  rows: [row(text), { ...row(text), verdict: 'inconclusive', why: text }],
  ...{ margin: 0.05, familyError: 0.01, confidence: 0.999 },
  ...{ differences: [text], blocked: false, notes: [text], labels: [text] },
  ...change,
});

const written = (made: Gate) =>
  new Map(
    gateExporters
      .flatMap((exporter) => exporter(made))
      .map(({ path, content }) => [path, [...content].join('')]),
  );

describe.each(hostile)('hostile text %j', (text) => {
  const files = written(gate(text));

  it('stays text in JUnit', () => {
    const xml = files.get('gate.junit.xml') ?? '';
    const tags = xml.match(/<[^<>]*>/g) ?? [];
    const whole = /^<[?/]?\w+( \w+="[^"<>]*")*[?/]?>$/;
    expect(tags.filter((tag) => !whole.test(tag))).toEqual([]);
    expect(xml.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml) as {
      testsuites: { testsuite: { testcase: unknown[] } };
    };
    expect(parsed.testsuites.testsuite.testcase).toHaveLength(2);
  });

  it('stays text in Markdown', () => {
    const markdown = files.get('gate.md') ?? '';
    expect(markdown).not.toMatch(/<(?!\/?(details|summary)>)[a-z/]/i);
    expect(markdown).not.toMatch(/(?<!\\)\]\(/);
    const columns = (line: string) => line.split(/(?<!\\)\|/).length;
    const table = markdown.split('\n').filter((line) => line.startsWith('| '));
    expect(new Set(table.map(columns))).toEqual(new Set([9]));
  });

  it('adds no sample to OpenMetrics', () => {
    const lines = (files.get('gate.openmetrics.txt') ?? '').split('\n');
    expect(lines.filter((line) => line === '# EOF')).toHaveLength(1);
    const sample = /^virtgauge_\w+\{(\w+="(\\[\\"n]|[^"\\\n])*",?)+\} (NaN|[+-]?(Inf|[\d.e-]+))$/;
    const samples = lines.filter((line) => !line.startsWith('#') && line !== '');
    expect(samples.filter((line) => !sample.test(line))).toEqual([]);
    expect(samples).toHaveLength(10);
  });

  it('carries no markup in JSON for github-action-benchmark', () => {
    const entries = JSON.parse(files.get('benchmark-smaller-is-better.json') ?? '') as {
      name: string;
      unit: string;
      value: number;
      range: string;
    }[];
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ unit: 's', value: 3.42, range: '±4.1 %' });
    expect(entries.map(({ name }) => name).join()).not.toMatch(/[<>&|`\n]/);
  });
});

it('has a file for each direction', () => {
  const made = gate('x');
  const faster = { ...row('y'), metric: { title: 'y', unit: 'B/s', better: 'higher' as const } };
  const files = written({ ...made, rows: [...made.rows, faster] });
  expect([...files.keys()]).toContain('benchmark-bigger-is-better.json');
});

it('fails, skips and passes tests by verdict; all are skipped where there is none', () => {
  const passed = { ...row('p'), verdict: 'no-regression' as const };
  const made = gate('x', { rows: [...gate('x').rows, passed] });
  expect(written(made).get('gate.junit.xml')).toContain('tests="3" failures="1" skipped="1"');
  const blocked = written({ ...made, blocked: true });
  expect(blocked.get('gate.junit.xml')).toContain('tests="3" failures="0" skipped="3"');
  expect(blocked.get('gate.md')).toContain('no verdict, the environment differs');
  expect(blocked.get('gate.openmetrics.txt')).not.toMatch(/virtgauge_regression\{.*\} [01]$/m);
});

it('is the same for the same gate', () => {
  expect(written(gate('x'))).toEqual(written(gate('x')));
});
