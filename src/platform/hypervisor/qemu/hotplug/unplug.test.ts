import { expect, it } from 'vitest';
import { unplugOutcome } from './unplug.ts';

it('tells from events of a device whether the guest has let it go', () => {
  const of = (event: string, data: Record<string, unknown>) => unplugOutcome({ event, data }, 'd1');
  expect(of('DEVICE_DELETED', { device: 'd1', path: '/machine/peripheral/d1' })).toBe('gone');
  // Parts of it go too, and have no id.
  expect(of('DEVICE_DELETED', { path: '/machine/peripheral/d1/virtio-backend' })).toBeUndefined();
  expect(of('DEVICE_DELETED', { device: 'd2' })).toBeUndefined();
  expect(of('DEVICE_UNPLUG_GUEST_ERROR', { device: 'd1' })).toBe('kept');
  expect(of('MEM_UNPLUG_ERROR', { device: 'd1', msg: 'in use' })).toBe('kept');
});
