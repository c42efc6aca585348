import { expect, it } from 'vitest';
import { stateDirectory } from './state-directory.ts';

it.each([
  [{ VIRTGAUGE_STATE: '/own', XDG_STATE_HOME: '/xdg' }, '/own'],
  [{ VIRTGAUGE_STATE: '', XDG_STATE_HOME: '/xdg' }, '/xdg/virtgauge'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/virtgauge'],
  [{}, '/home/me/.local/state/virtgauge'],
])('with %j is %s', (env, path) => {
  expect(stateDirectory(env, '/home/me')).toBe(path);
});
