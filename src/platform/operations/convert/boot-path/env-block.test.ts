import { describe, expect, it } from 'vitest';
import {
  envBlock,
  envBlockBytes,
  isTombstone,
  tokenIn,
  withHook,
  withoutHook,
} from './env-block.ts';

const config = 'set default=0\nmenuentry Debian {\n  linux /vmlinuz quiet\n}\n';

describe('the block with the tombstone', () => {
  it('has the same size with and without it, and differs in the first sector only', () => {
    const [no, yes] = [envBlock(false), envBlock(true)];
    expect(Buffer.byteLength(no)).toBe(envBlockBytes);
    expect(Buffer.byteLength(yes)).toBe(envBlockBytes);
    expect(no).not.toBe(yes);
    expect(no.slice(512)).toBe(yes.slice(512));
  });

  it('is one that GRUB knows by its first line, padded with #', () => {
    expect(envBlock(true)).toMatch(/^# GRUB Environment Block\nvg_tombstone=yes\n#+$/);
  });

  it('says whose it is in the first sector, and is a tombstone whoever set it', () => {
    const [no, yes] = [envBlock(false, '0123456789abcdef'), envBlock(true, '0123456789abcdef')];
    expect([Buffer.byteLength(no), no.slice(512)]).toEqual([envBlockBytes, yes.slice(512)]);
    expect([no, yes, envBlock(true)].map((block) => isTombstone(block))).toEqual([
      ...[false, true, true],
    ]);
    expect([tokenIn(no), tokenIn(envBlock(true))]).toEqual(['0123456789abcdef', undefined]);
  });
});

describe('the hook in the configuration of GRUB', () => {
  it('comes before all else, and leaves it as it was when it is taken out', () => {
    const hooked = withHook(config, 'quiet vg.mode=switch');
    expect(hooked.endsWith(config)).toBe(true);
    expect(hooked).toContain('linux $vg_files/vmlinuz quiet vg.mode=switch\n');
    expect(withoutHook(hooked)).toBe(config);
  });

  it('is there once, however often it is put in', () => {
    const twice = withHook(withHook(config, 'vg.mode=rescue'), 'vg.mode=switch');
    expect(twice).toBe(withHook(config, 'vg.mode=switch'));
  });

  it('never goes on to the machine’s own system where the tombstone is set', () => {
    const hook = withHook('', 'x');
    expect(hook.indexOf('halt')).toBeGreaterThan(hook.indexOf('boot\n'));
  });
});
