/** Files of a run folder that belong into a bundle; of folders everything inside. */
export const bundledFiles = ['run.json', 'trials.ndjson', 'samples.ndjson', 'events.ndjson'];
export const bundledFolders = ['artifacts', 'report'];
/** The last entry: what the bundle holds, and by what it was made. */
export const manifestName = 'bundle.json';

/** Bytes of a name in a ustar header, its prefix included. */
const longest = 255;

/** Why a name may not stand in a bundle; undefined where it may. */
export function refusedName(name: string): string | undefined {
  const parts = name.split('/');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'an absolute path';
  if (name.includes('\\')) return 'a path with a backslash';
  if (parts.some((part) => part === '..')) return 'a path that leads out of the folder';
  if (parts.some((part) => part === '' || part === '.')) return 'a path with empty parts';
  if (/\p{Cc}/u.test(name)) return 'a path with control characters';
  if (Buffer.byteLength(name) > longest) return `a path of more than ${longest} bytes`;
  const [first = '', ...rest] = parts;
  const known =
    rest.length === 0
      ? [...bundledFiles, manifestName].includes(first)
      : bundledFolders.includes(first);
  return known ? undefined : 'a file that belongs to no run';
}
