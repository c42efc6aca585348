import { posix } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { ask, type Answer } from '../ask.ts';
import { endText, layoutText, optionWords } from '../layout-text.ts';
import type { Layout, LayoutComponent } from '../layout.ts';
import { mountOf } from '../mounts.ts';
import type { LayoutControl } from '../storage.ts';
import { isInherited, layoutDifference } from './difference.ts';
import { placeOf, silentMount } from './find.ts';
import { parseGetstripe, type FoundLayout } from './getstripe.ts';
import { parsePoolMembers, parsePools } from './pools.ts';
import { parseSource } from './source.ts';
import { parseTargets } from './targets.ts';

/** Layouts of Lustre by `lfs setstripe`, each read back: Lustre gives fewer stripes without a word. */
export const lustreLayouts: LayoutControl = {
  async set(shell, directory, layout) {
    if (layout.length === 1 && isInherited(layout[0])) return;
    const system = await fileSystemOf(shell, directory);
    const answer = await ask(shell, ['lfs', 'setstripe', ...setstripeWords(layout), directory]);
    if (!answer.ok) throw await refusal(shell, directory, layout, answer, system.fsname);
    const targets = await targetCounts(shell, layout, system);
    const ofDirectory = await readBack(shell, directory, ['-d']);
    // The default of a directory has no objects: -1 stays -1 there, and 5 stays 5 of 2 targets.
    const wrong =
      layoutDifference(layout, ofDirectory, () => undefined) ??
      layoutDifference(layout, await layoutOfProbe(shell, directory, layout), targets);
    if (wrong === undefined) return;
    throw new UserError({
      where: placeOf(shell, directory),
      message: `expected files with the layout ${layoutText(layout)}: ${wrong}`,
      remedy: 'Ask for no more stripes than there are active targets (lfs osts), or for all.',
    });
  },

  async difference(shell, file, layout) {
    const targets = await targetCounts(shell, layout, await fileSystemOf(shell, file));
    return layoutDifference(layout, await readBack(shell, file, []), targets);
  },
};

/** Options of `lfs setstripe`; without -E for a plain layout. */
export function setstripeWords(layout: Layout): string[] {
  return layout.flatMap((component) => [
    ...(layout.length === 1 ? [] : ['-E', endText(component.end)]),
    ...optionWords(component),
  ]);
}

interface FileSystem {
  fsname: string;
  /** Where it is mounted. */
  target: string;
}

async function fileSystemOf(shell: Shell, path: string): Promise<FileSystem> {
  const mount = await mountOf(shell, path);
  const fsname = (mount && parseSource(mount.source)?.fsname) ?? '';
  return { fsname, target: mount?.target ?? path };
}

/** The layout of a new file, each of whose components has been written to: only then it is one. */
async function layoutOfProbe(
  shell: Shell,
  directory: string,
  layout: Layout,
): Promise<FoundLayout> {
  const probe = posix.join(directory, 'layout-probe');
  const starts = [0, ...layout.flatMap(({ end }) => (end === 'eof' ? [] : [end]))];
  try {
    for (const start of starts) {
      const answer = await ask(shell, [
        ...(['dd', 'if=/dev/zero', `of=${probe}`, 'bs=64k', 'count=1'] as const),
        ...[`seek=${start / 65_536}`, 'conv=notrunc', 'status=none'],
      ]);
      if (!answer.ok) throw await refusal(shell, directory, layout, answer, '');
    }
    return await readBack(shell, probe, []);
  } finally {
    await ask(shell, ['rm', '-f', '--', probe]);
  }
}

async function readBack(
  shell: Shell,
  path: string,
  options: readonly string[],
): Promise<FoundLayout> {
  const answer = await ask(shell, ['lfs', 'getstripe', ...options, '-y', path]);
  if (answer.ok) return parseGetstripe(answer.stdout);
  if (answer.why === 'silent') throw silentMount(shell, path);
  throw new UserError({
    where: placeOf(shell, path),
    message: `expected a layout that can be read back by lfs getstripe: ${answer.text}`,
  });
}

/** How many active targets each component may use. */
async function targetCounts(
  shell: Shell,
  layout: Layout,
  { fsname, target }: FileSystem,
): Promise<(component: LayoutComponent) => number | undefined> {
  const osts = await ask(shell, ['lfs', 'osts', target]);
  const states = osts.ok ? parseTargets(osts.stdout, fsname) : [];
  const active = states.filter((state) => state.active).map(({ name }) => name);
  const counts = new Map<string, number | undefined>([
    ['inherit', active.length === 0 ? undefined : active.length],
  ]);
  for (const { pool } of layout) {
    if (counts.has(pool)) continue;
    const list = await ask(shell, ['lfs', 'pool_list', `${fsname}.${pool}`]);
    const members = list.ok ? parsePoolMembers(list.stdout, fsname) : [];
    const usable = members.filter((name) => active.length === 0 || active.includes(name));
    counts.set(pool, usable.length === 0 ? undefined : usable.length);
  }
  return ({ pool }) => counts.get(pool);
}

/** Why `lfs setstripe`, or writing under the new layout, did not do it. */
async function refusal(
  shell: Shell,
  directory: string,
  layout: Layout,
  answer: Extract<Answer, { ok: false }>,
  fsname: string,
): Promise<UserError> {
  const { why, text } = answer;
  if (why === 'silent') return silentMount(shell, directory);
  const where = placeOf(shell, directory);
  const wanted = `expected to set the layout ${layoutText(layout)}`;
  const problem = (message: string, remedy: string) => new UserError({ where, message, remedy });
  if (why === 'missing') {
    return problem(
      `${wanted}: the program lfs is missing`,
      'Install the utilities of the client there.',
    );
  }
  const pools = layout.map(({ pool }) => pool).filter((pool) => pool !== 'inherit');
  if (/pool/i.test(text) && pools.length > 0) {
    const list = await ask(shell, ['lfs', 'pool_list', fsname]);
    const known = list.ok ? parsePools(list.stdout, fsname) : [];
    const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
    return problem(
      `${wanted}: no pool ${pools.join(' or ')} in ${fsname}, ${there}`,
      'Name a pool that exists (lfs pool_list), or leave pool out.',
    );
  }
  if (/inappropriate ioctl/i.test(text)) {
    return problem(
      `${wanted}: this is not on Lustre (${text})`,
      'Use kind: lustre on Lustre only.',
    );
  }
  if (/denied|not permitted/i.test(text)) {
    return problem(`${wanted}: not permitted (${text})`, 'Name a directory of your own.');
  }
  if (/already set/i.test(text)) {
    return problem(
      `${wanted}: it has one that cannot be changed (${text})`,
      'Layouts are set on directories: name one, not a file.',
    );
  }
  if (/no space|quota/i.test(text)) {
    return problem(
      `${wanted} and to write under it: ${text}`,
      'A target of the layout is full, or the quota is used up: see lfs df and lfs quota.',
    );
  }
  return problem(
    `${wanted}: ${text}`,
    'See lfs osts and lfs pool_list for what there is to lay files on.',
  );
}
