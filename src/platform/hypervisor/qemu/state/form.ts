import type { StateForm } from '../../saved-state.ts';

/** The best form that a version of QEMU can write. */
export function stateForm(version: string): StateForm {
  if (atLeast(version, 9, 0)) return 'mapped';
  return atLeast(version, 8, 2) ? 'stream' : 'piped stream';
}

/** The same in words, with what a newer version would do. */
export function describeForm(version: string): string {
  const without = `mapped-ram is unavailable: it needs QEMU 9.0, this is ${version}`;
  switch (stateForm(version)) {
    case 'mapped':
      return `file: with mapped-ram (QEMU ${version})`;
    case 'stream':
      return `a stream by file:; ${without}`;
    case 'piped stream':
      return `a stream by exec:cat; ${without}`;
  }
}

/** Versions that cannot be read are taken for old ones: what those do, all can. */
function atLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
