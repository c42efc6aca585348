/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Whether what npm wrote down at the end of an installation is what the lock file asks for.
 * Optional packages may be left out: those of other platforms always are.
 * @param {Lockfile} locked package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json
 */
export function installedAsLocked(locked, installed) {
  const wanted = Object.entries(locked.packages).filter(([path]) => path !== '');
  return (
    wanted.every(([path, entry]) => {
      const found = installed.packages[path];
      return found ? same(entry, found) : entry.optional === true;
    }) && Object.keys(installed.packages).every((path) => path in locked.packages)
  );
}

/**
 * @param {LockedPackage} a
 * @param {LockedPackage} b
 */
function same(a, b) {
  return a.version === b.version && a.integrity === b.integrity;
}
