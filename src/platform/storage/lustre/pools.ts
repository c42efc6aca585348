import { targetName } from './target-name.ts';

/** The targets of a pool, as `lfs pool_list FSNAME.POOL` prints them. */
export function parsePoolMembers(text: string, fsname: string): string[] {
  return [...text.matchAll(/^\s*(\S*(?:OST|MDT)[0-9a-f]{4,}(?:_UUID)?)\s*$/gm)].map(
    ([, name = '']) => targetName(name, fsname),
  );
}

/** The pools of a file system, as `lfs pool_list FSNAME` prints them, without its name. */
export function parsePools(text: string, fsname: string): string[] {
  return text.split('\n').flatMap((line) => {
    const name = line.trim();
    return name.startsWith(`${fsname}.`) && !/\s/.test(name) ? [name.slice(fsname.length + 1)] : [];
  });
}
