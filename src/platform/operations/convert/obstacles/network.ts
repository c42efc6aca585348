import { mendsOf } from '../fix-up/mends.ts';
import { allMethods, type Look } from './obstacle.ts';

/** Identity on the network: who carries the address, and what its name hangs on. */
export const lookAtNetwork: Look = (source) => {
  const { carrier, network } = source;
  if (carrier === undefined) {
    const message = `no card carries the machine's address (${network.main ?? 'no interface has one'})`;
    const remedy = 'Only a card, or a bridge or bond of cards, is taken over so far.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-carrier', message, remedy }];
  }
  const { nic } = mendsOf(source);
  if (nic === undefined) return [];
  const files = network.configurations.filter(({ names }) => names.includes(nic.name));
  const where = files.length === 0 ? '' : ` (${files.map(({ file }) => file).join(', ')})`;
  return [
    {
      ...{ methods: allMethods, kind: 'note', name: 'name-by-slot' },
      message: `${nic.name} is called after its slot${where}: the name is tied to ${nic.mac}`,
    },
  ];
};
