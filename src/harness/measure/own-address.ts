import type { Host } from '../../platform/remote/host.ts';

/**
 * The address of the controller as it is seen from another address.
 * @throws CommandError or Error if there is no way to that
 */
export async function ownAddress({ shell }: Pick<Host, 'shell'>, from: string): Promise<string> {
  // As text: iproute2 4.15 prints no routes as JSON.
  const { stdout } = await shell.run(['ip', 'route', 'get', from]);
  const [, address] = /\ssrc (\S+)/.exec(stdout) ?? [];
  if (address === undefined) throw new Error(`no way from here to ${from}: ${stdout.trim()}`);
  return address;
}
