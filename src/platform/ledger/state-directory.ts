import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where virtgauge remembers what it owns: `VIRTGAUGE_STATE`, else `$XDG_STATE_HOME/virtgauge`, else
 * `~/.local/state/virtgauge`. A relative `XDG_STATE_HOME` is ignored, as its specification demands.
 */
export function stateDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): string {
  const { VIRTGAUGE_STATE: own = '', XDG_STATE_HOME: xdg = '' } = env;
  if (own !== '') return resolve(own);
  return isAbsolute(xdg) ? join(xdg, 'virtgauge') : join(home, '.local', 'state', 'virtgauge');
}
