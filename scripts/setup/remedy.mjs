/** @typedef {import('./needs.mjs').Need} Need */

/**
 * What to do about missing programs: install their packages, or tell the user.
 * @typedef {{ install: string[] } | { tell: string }} Remedy
 */

/**
 * @param {readonly Need[]} missing at least one
 * @param {{ osRelease: string, root: boolean }} machine the text of /etc/os-release, and whether we are root
 * @returns {Remedy}
 */
export function remedyFor(missing, { osRelease, root }) {
  const { name, debian } = readOsRelease(osRelease);
  const why = missing.map((need) => `${need.name} (${need.why})`).join(', ');
  if (!debian) {
    return {
      tell:
        `virtgauge needs programs that are missing here: ${why}. ` +
        `It installs them itself only on Debian and Ubuntu; this is ${name}: install them with its package manager.`,
    };
  }
  const packages = [...new Set(missing.map((need) => need.debianPackage))];
  if (root) return { install: packages };
  return {
    tell:
      `virtgauge needs programs that are missing here: ${why}. Install them with this line, then try again:\n` +
      `sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
  };
}

/**
 * The distribution's name, and whether it is Debian, Ubuntu or made from one of them.
 * @param {string} text of os-release(5)
 */
export function readOsRelease(text) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^([A-Z_]+)=["']?(.*?)["']?\s*$/.exec(line) ?? [];
    fields.set(key, value);
  }
  const families = `${fields.get('ID') ?? ''} ${fields.get('ID_LIKE') ?? ''}`.split(' ');
  return {
    name: fields.get('PRETTY_NAME') ?? fields.get('ID') ?? 'a distribution without a name',
    debian: families.includes('debian') || families.includes('ubuntu'),
  };
}
