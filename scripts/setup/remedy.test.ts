import { describe, expect, it } from 'vitest';
import { missingNeeds, needs, purposes } from './needs.mjs';
import { readOsRelease, remedyFor } from './remedy.mjs';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n';
const ubuntu = 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\n';
const mint = 'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\n';
const fedora = 'NAME="Fedora Linux"\nID=fedora\nPRETTY_NAME="Fedora Linux 41 (Server Edition)"\n';
const openSuse = "ID='opensuse-leap'\nID_LIKE='suse opensuse'\nPRETTY_NAME='openSUSE Leap 15.6'\n";

const without = (...names: string[]) => missingNeeds('test', (name) => !names.includes(name));

describe('missingNeeds', () => {
  it('finds nothing missing where everything exists', () => {
    for (const purpose of purposes) expect(missingNeeds(purpose, () => true)).toEqual([]);
  });

  it('asks for a browser only for the tests', () => {
    const names = (purpose: 'demo' | 'test' | 'unit') =>
      missingNeeds(purpose, () => false).map((need) => need.name);
    expect(names('demo')).not.toContain('chromium');
    expect(names('test')).toContain('chromium');
    expect(names('test')).toEqual(expect.arrayContaining(names('demo')));
    expect(names('unit')).not.toContain('qemu-system-x86_64');
  });

  it('names each program once', () => {
    expect(new Set(needs.map((need) => need.name)).size).toBe(needs.length);
  });
});

describe('remedyFor', () => {
  it.each([
    ['Debian', debian],
    ['Ubuntu', ubuntu],
    ['a distribution made from them', mint],
  ])('installs the packages as root on %s', (_, osRelease) => {
    expect(remedyFor(without('qemu-img', 'mke2fs'), { osRelease, root: true })).toEqual({
      install: ['qemu-utils', 'e2fsprogs'],
    });
  });

  it('gives an ordinary user one sentence and one line', () => {
    const remedy = remedyFor(without('qemu-img', 'mke2fs'), { osRelease: debian, root: false });
    expect(remedy).toEqual({
      tell:
        "virtgauge needs programs that are missing here: qemu-img (makes and clones disk images), mke2fs (makes the guests' file systems). " +
        'Install them with this line, then try again:\n' +
        'sudo apt-get install --no-install-recommends qemu-utils e2fsprogs',
    });
  });

  it.each([
    ['as root', true],
    ['as an ordinary user', false],
  ])('names programs, not Debian packages, on other distributions %s', (_, root) => {
    const remedy = remedyFor(without('qemu-img'), { osRelease: fedora, root });
    expect(remedy).toEqual({
      tell:
        'virtgauge needs programs that are missing here: qemu-img (makes and clones disk images). ' +
        'It installs them itself only on Debian and Ubuntu; this is Fedora Linux 41 (Server Edition): install them with its package manager.',
    });
  });

  it('names a package once that brings two missing programs', () => {
    const [need] = without('gcc');
    if (!need) throw new Error('gcc is needed');
    const twice = [need, { ...need, name: 'cc' }];
    expect(remedyFor(twice, { osRelease: debian, root: true })).toEqual({ install: ['gcc'] });
  });
});

describe('readOsRelease', () => {
  it.each([
    [debian, { name: 'Debian GNU/Linux 12 (bookworm)', debian: true }],
    [mint, { name: 'Linux Mint 22', debian: true }],
    [openSuse, { name: 'openSUSE Leap 15.6', debian: false }],
    ['', { name: 'a distribution without a name', debian: false }],
    ['ID=arch', { name: 'arch', debian: false }],
  ])('reads %j', (text, expected) => {
    expect(readOsRelease(text)).toEqual(expected);
  });
});
