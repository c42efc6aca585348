import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../base/package-root.ts';

const packageSchema = z.object({ version: z.string() });

/**
 * virtgauge's own version, and in a git clone the commit: `0.1.0 (cb8bbba12345)`. Whether the files
 * have been changed since is not looked at. Starts no program.
 * @param root folder of `package.json`
 */
export function ownVersion(root = packageRoot): string {
  const { version } = packageSchema.parse(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const commit = headCommit(root);
  return commit === undefined ? version : `${version} (${commit.slice(0, 12)})`;
}

/**
 * The commit checked out in a work tree, from git's own files (gitrepository-layout(5)); undefined
 * if there is no repository, or one whose layout this does not know.
 */
export function headCommit(root: string): string | undefined {
  const folder = gitFolder(root);
  if (folder === undefined) return undefined;
  const head = textOf(join(folder, 'HEAD')) ?? '';
  const ref = /^ref: (refs\/.+)$/.exec(head)?.[1];
  if (ref === undefined) return commitIn(head);
  // A linked work tree has a HEAD of its own and shares the branches.
  const common = resolve(folder, textOf(join(folder, 'commondir')) ?? '.');
  const packed = textOf(join(common, 'packed-refs'))?.split('\n') ?? [];
  return commitIn(
    textOf(join(common, ref)) ?? packed.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0],
  );
}

/** `.git` is a folder, or in a linked work tree a file that names one. */
function gitFolder(root: string): string | undefined {
  const path = join(root, '.git');
  if (textOf(join(path, 'HEAD')) !== undefined) return path;
  const link = /^gitdir: (.+)$/.exec(textOf(path) ?? '')?.[1];
  return link === undefined ? undefined : resolve(root, link);
}

function commitIn(text = ''): string | undefined {
  return /^[0-9a-f]{40,64}$/.exec(text)?.[0];
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
