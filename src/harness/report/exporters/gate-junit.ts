import { armText } from '../../analysis/arms.ts';
import type { Gate, GateRow } from '../../analysis/gate/gate.ts';
import { gateHeadline, rowText } from '../../analysis/gate/texts.ts';
import { escapeHtml } from '../html/template.ts';
import type { GateExporter } from './gate-exporter.ts';

/** JUnit XML: a test for each figure of each arm; a regression fails, what is open is skipped. */
export const gateJunit: GateExporter = (gate) => [
  { path: 'gate.junit.xml', content: [document(gate)] },
];

function document(gate: Gate): string {
  const cases = gate.rows.map((row) => testCase(gate, row));
  const count = (kind: string) => cases.filter(({ kind: own }) => own === kind).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" skipped="${count('skipped')}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${xml(`virtgauge ${gate.scenario}`)}" ${counts}>`,
    '    <properties>',
    `      <property name="summary" value="${xml(gateHeadline(gate))}"/>`,
    ...[...gate.labels, ...gate.differences].map(
      (label) => `      <property name="label" value="${xml(label)}"/>`,
    ),
    '    </properties>',
    ...cases.map(({ text }) => text),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(gate: Gate, row: GateRow): { kind: string; text: string } {
  const open = `    <testcase classname="${xml(row.figure)}" name="${xml(armText(row.arm))}"`;
  const message = xml(rowText(row));
  const body = (kind: string, tag: string) => ({
    kind,
    text: `${open}><${tag} message="${message}"/></testcase>`,
  });
  if (gate.blocked) return body('skipped', 'skipped');
  switch (row.verdict) {
    case 'regression':
      return body('failure', 'failure');
    case 'inconclusive':
    case 'not-comparable':
      return body('skipped', 'skipped');
    default:
      return { kind: 'passed', text: `${open}><system-out>${message}</system-out></testcase>` };
  }
}

/** What XML 1.0 does not allow is made visible as well. */
function xml(text: string): string {
  return escapeHtml(text).replace(/\s+/g, ' ');
}
