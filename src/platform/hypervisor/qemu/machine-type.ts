import type { Qmp } from './qmp.ts';

/**
 * The machine type with its version, such as `pc-i440fx-7.2`: another QEMU may mean a newer one by
 * the short name. One that does not know it says so.
 */
export async function versionedMachine(qmp: Qmp): Promise<string> {
  const type = await qmp.execute('qom-get', { path: '/machine', property: 'type' });
  return String(type).replace(/-machine$/, '');
}
