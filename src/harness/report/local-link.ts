/**
 * Address of a file of the run folder, as seen from `report/`; undefined where the path would lead
 * out of the folder or to another scheme.
 */
export function localLink(path: string): string | undefined {
  const parts = path.split('/');
  const inside = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return inside && !path.includes('\\')
    ? `../${parts.map(encodeURIComponent).join('/')}`
    : undefined;
}
