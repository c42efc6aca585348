import { existsSync } from 'node:fs';

/** @throws Error in CI if it is not there */
export function hasEtcd(): boolean {
  const present = ['/usr/bin/etcd', '/usr/local/bin/etcd'].some((path) => existsSync(path));
  if (!present && process.env.CI === 'true') throw new Error('missing: etcd (etcd-server)');
  return present;
}
