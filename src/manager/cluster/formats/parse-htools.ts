import { UserError } from '../../../base/errors.ts';
import {
  allocPolicies,
  diskTemplates,
  instanceStates,
  type HtoolsData,
  type HtoolsGroup,
  type HtoolsInstance,
  type HtoolsNode,
  type HtoolsPolicy,
  type HtoolsSpec,
} from './htools.ts';
import { HtoolsFields } from './htools-fields.ts';

/**
 * Reads a cluster in the text format of ganeti's htools. Fields that older versions did not write may
 * be missing; more fields than the format has are an error, as they would be lost.
 * @param file for the messages
 * @throws UserError for the first thing that is wrong, with file, line and column
 */
export function parseHtools(text: string, file: string): HtoolsData {
  const sections = sectionsOf(text);
  if (sections.length < 4 || sections.length > 5) {
    throw new UserError({
      message: `expected 4 or 5 sections divided by empty lines (groups, nodes, instances, tags, policies), got ${sections.length}`,
      where: `${file}:${text.split('\n').length}:1`,
    });
  }
  const read = <T>(section: number, what: string, parse: (fields: HtoolsFields) => T): T[] =>
    (sections[section] ?? []).map(({ line, text }) =>
      parse(new HtoolsFields(text, `${file}:${line}`, what)),
    );
  const groups = read(0, 'group', unique(groupOf, 'group'));
  const uuids = new Set(groups.map(({ uuid }) => uuid));
  const nodes = read(
    1,
    'node',
    unique((fields) => nodeOf(fields, uuids), 'node'),
  );
  const names = new Set(nodes.map(({ name }) => name));
  return {
    groups,
    nodes,
    instances: read(
      2,
      'instance',
      unique((fields) => instanceOf(fields, names), 'instance'),
    ),
    tags: (sections[3] ?? []).map(({ text }) => text),
    policies: read(4, 'policy', policyOf),
  };
}

function sectionsOf(text: string): { line: number; text: string }[][] {
  const lines = text.split('\n');
  while (lines.at(-1) === '') lines.pop();
  const sections: { line: number; text: string }[][] = [[]];
  for (const [index, line] of lines.entries()) {
    if (line === '') sections.push([]);
    else sections.at(-1)?.push({ line: index + 1, text: line });
  }
  // Empty sections at the end are lost with the empty lines.
  while (sections.length < 4 && sections.length > 1 && text.endsWith('\n\n')) sections.push([]);
  return sections;
}

function unique<T extends { readonly name: string }>(
  parse: (fields: HtoolsFields) => T,
  what: string,
): (fields: HtoolsFields) => T {
  const seen = new Set<string>();
  return (fields) => {
    const name = fields.text('name');
    if (seen.has(name)) throw fields.problem(`there are two ${what}s named "${name}"`);
    seen.add(name);
    return parse(fields);
  };
}

function groupOf(fields: HtoolsFields): HtoolsGroup {
  const group = {
    name: fields.name('name'),
    uuid: fields.name('uuid'),
    allocPolicy: fields.choice('alloc_policy', allocPolicies),
    tags: fields.words('tags'),
    networks: fields.more ? fields.words('networks') : [],
  };
  fields.end();
  return group;
}

function nodeOf(fields: HtoolsFields, groups: ReadonlySet<string>): HtoolsNode {
  const name = fields.name('name');
  // A node that does not answer has question marks, and counts as offline.
  const unknown: string[] = [];
  const size = (field: string) => {
    if (fields.text(field) !== '?') return fields.whole(field);
    unknown.push(field);
    fields.word(field);
    return 0;
  };
  const totalMemory = size('total memory');
  const ownMemory = size("node's own memory");
  const freeMemory = size('free memory');
  const totalDisk = size('total disk');
  const freeDisk = size('free disk');
  const cpus = size('CPUs');
  const status = fields.choice('status', ['Y', 'N', 'M']);
  const uuid = fields.text('group');
  if (!groups.has(uuid)) throw fields.problem(`node "${name}": there is no group "${uuid}"`);
  const node: HtoolsNode = {
    ...{ name, totalMemory, ownMemory, freeMemory, totalDisk, freeDisk, cpus },
    status: unknown.length > 0 ? 'Y' : status,
    groupUuid: fields.name('group'),
    spindles: fields.more ? fields.whole('spindles') : 1,
    tags: fields.more ? fields.words('tags') : [],
    exclusiveStorage: fields.more && fields.choice('exclusive storage', ['Y', 'N']) === 'Y',
    freeSpindles: fields.more ? fields.whole('free spindles') : 0,
    ownCpus: fields.more ? fields.whole("node's own CPUs") : 1,
    cpuSpeed: fields.more ? fields.decimal('CPU speed') : 1,
  };
  if (node.cpuSpeed === 0) throw fields.problem(`node "${name}": expected a CPU speed above 0`);
  for (const [what, free, total] of [
    ['memory', freeMemory, totalMemory],
    ['disk', freeDisk, totalDisk],
  ] as const) {
    if (free <= total) continue;
    throw fields.problem(`node "${name}": ${free} of ${total} ${what} free`);
  }
  fields.end();
  return node;
}

function instanceOf(fields: HtoolsFields, nodes: ReadonlySet<string>): HtoolsInstance {
  const name = fields.name('name');
  const node = (field: string, optional: boolean) => {
    const found = fields.text(field);
    if (!nodes.has(found) && !(optional && found === '')) {
      throw fields.problem(`instance "${name}": there is no node "${found}"`);
    }
    return fields.word(field);
  };
  const memory = fields.whole('memory');
  const disk = fields.whole('disk');
  const vcpus = fields.whole('vCPUs');
  const status = fields.choice('status', instanceStates);
  const autoBalance = fields.choice('auto balance', ['Y', 'N']) === 'Y';
  const primary = node('primary node', false);
  if (fields.text('secondary node') === primary) {
    throw fields.problem(`instance "${name}": both nodes are "${primary}"`);
  }
  const secondary = node('secondary node', true);
  const diskTemplate = fields.choice('disk template', diskTemplates);
  if (diskTemplate === 'drbd' && secondary === '') {
    throw fields.problem(`instance "${name}": expected a secondary node for drbd, got none`);
  }
  const tags = fields.words('tags');
  const spindleUse = fields.more ? fields.whole('spindle use') : 1;
  let spindles: number | undefined;
  if (fields.more) {
    if (fields.text('spindles') === '-') fields.word('spindles');
    else spindles = fields.whole('spindles');
  }
  const forthcoming = fields.more && fields.choice('forthcoming', ['Y', 'N']) === 'Y';
  fields.end();
  return {
    ...{ name, memory, disk, vcpus, status, autoBalance, primary, secondary, diskTemplate, tags },
    ...{ spindleUse, spindles, forthcoming },
  };
}

function policyOf(fields: HtoolsFields): HtoolsPolicy {
  const owner = fields.word('owner');
  const [standard] = fields.lists('standard', 6) as unknown as [HtoolsSpec];
  const specs = fields.lists('bounds', 6) as unknown as HtoolsSpec[];
  if (specs.length % 2 !== 0) {
    throw fields.problem(`bounds: expected pairs of a lower and an upper one, got ${specs.length}`);
  }
  const bounds = specs.flatMap((min, index) => {
    const max = specs[index + 1];
    return index % 2 === 0 && max !== undefined ? [{ min, max }] : [];
  });
  const policy = {
    ...{ owner, standard, bounds },
    diskTemplates: fields.choices('disk templates', diskTemplates),
    vcpuRatio: fields.decimal('vCPU ratio'),
    spindleRatio: fields.decimal('spindle ratio'),
  };
  fields.end();
  return policy;
}
