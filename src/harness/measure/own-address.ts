import type { Host } from '../../platform/remote/host.ts';

/** The address of the controller as it is seen from another address. */
export async function ownAddress({ shell }: Pick<Host, 'shell'>, from: string): Promise<string> {
  const { stdout } = await shell.run(['ip', '-json', 'route', 'get', from]);
  const [route] = JSON.parse(stdout) as { prefsrc?: string }[];
  if (route?.prefsrc === undefined) throw new Error(`no way from here to ${from}: ${stdout}`);
  return route.prefsrc;
}
