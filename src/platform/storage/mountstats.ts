/**
 * The counters of one NFS mount in /proc/self/mountstats (statvers 1.0 and 1.1): bytes that programs
 * moved through the page cache and past it, bytes from and to the server, and of READ, WRITE and
 * COMMIT the number, the seconds from queueing to the answer, and how many were not answered in time.
 * @param target where it is mounted
 * @returns empty where the mount is not in the text
 */
export function parseMountStats(text: string, target: string): Record<string, number> {
  const section = text
    .split(/^(?=device )/m)
    .find((each) => each.startsWith('device ') && mountedOn(each) === target);
  if (section === undefined) return {};
  const counters: Record<string, number> = {};
  const bytes = /^\s*bytes:\s+([\d ]+)$/m.exec(section)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  for (const [index, name] of byteNames.entries()) {
    const value = bytes[index];
    if (value !== undefined) counters[`nfs.${name}`] = value;
  }
  for (const [, operation = '', figures = ''] of section.matchAll(
    /^\s*(READ|WRITE|COMMIT):\s+([\d ]+)$/gm,
  )) {
    // Operations, transmissions, timeouts, bytes sent and received, ms queued, ms under way, ms in all.
    const [count, , timeouts, , , , , milliseconds] = figures.trim().split(/\s+/).map(Number);
    if (count === undefined || timeouts === undefined || milliseconds === undefined) continue;
    const name = `nfs.${operation.toLowerCase()}`;
    counters[`${name}.count`] = count;
    counters[`${name}.timeouts`] = timeouts;
    counters[`${name}.seconds`] = milliseconds / 1000;
  }
  return counters;
}

const byteNames = [
  ...['cached_read_bytes', 'cached_write_bytes', 'direct_read_bytes', 'direct_write_bytes'],
  ...['read_bytes', 'write_bytes'],
];

function mountedOn(section: string): string | undefined {
  return / mounted on (.+) with fstype nfs4? /.exec(section)?.[1];
}
