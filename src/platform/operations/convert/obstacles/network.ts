import { mendsOf } from '../fix-up/mends.ts';
import { allMethods, kexecMethods, type Look, type Obstacle } from './obstacle.ts';

/** Identity on the network: who carries the address, and what its name hangs on. */
export const lookAtNetwork: Look = (source) => {
  const { carrier, network } = source;
  if (carrier === undefined) {
    const message = `no card carries the machine's address (${network.main ?? 'no interface has one'})`;
    const remedy = 'Only a card, or a bridge or bond of cards, is taken over so far.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-carrier', message, remedy }];
  }
  const found: Obstacle[] = [];
  const { master } = carrier;
  if (master !== undefined && network.negotiated?.includes(master)) {
    found.push({
      ...{ methods: kexecMethods, kind: 'refused', name: 'negotiated-bond' },
      message: `${master} is a bond that the switch takes part in (802.3ad): what takes the machine over has one card of it, and would not be reached`,
      remedy: 'Let the bond be active-backup for the conversion, or use warm.',
    });
  }
  const { nic } = mendsOf(source);
  if (nic === undefined) return found;
  const files = network.configurations.filter(({ names }) => names.includes(nic.name));
  const where = files.length === 0 ? '' : ` (${files.map(({ file }) => file).join(', ')})`;
  found.push({
    ...{ methods: allMethods, kind: 'note', name: 'name-by-slot' },
    message: `${nic.name} is another name in a guest${where}: it is tied to ${nic.mac}`,
  });
  return found;
};
