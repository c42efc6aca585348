/** A network interface in xl's words (xl-network-configuration(5)). */
export function nicText(
  { mac, bridge }: { mac: string; bridge: string },
  { script }: { script?: string | undefined } = {},
): string {
  // Without a type, a fully virtualized guest would get an emulated one as well.
  const options = [`mac=${mac}`, `bridge=${bridge}`, 'type=vif'];
  return [...options, ...(script === undefined ? [] : [`script=${script}`])].join(',');
}
