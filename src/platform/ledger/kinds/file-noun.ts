/** What to call a file: a disk image by its suffix, else a file. */
export function fileNoun(path: string): string {
  return /\.(qcow2|raw|img)$/.test(path) ? 'disk image' : 'file';
}
