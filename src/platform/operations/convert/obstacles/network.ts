import { isNamedBySlot } from '../inspect/index.ts';
import { allMethods, type Look, type Obstacle } from './obstacle.ts';

/** Identity on the network: who carries the address, and what its name hangs on. */
export const lookAtNetwork: Look = ({ carrier, network }) => {
  if (carrier === undefined) {
    const message = `no card carries the machine's address (${network.main ?? 'no interface has one'})`;
    const remedy = 'Only a card, or a bridge or bond of cards, is taken over so far.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-carrier', message, remedy }];
  }
  const found: Obstacle[] = [];
  if (isNamedBySlot(carrier.name)) {
    const files = network.configurations.filter(({ names }) => names.includes(carrier.name));
    // Tied to the hardware address already.
    if (files.some(({ file }) => /\.link$|\/70-persistent-net\.rules$/.test(file))) return found;
    const where = files.length === 0 ? '' : ` (${files.map(({ file }) => file).join(', ')})`;
    found.push({
      methods: allMethods,
      kind: 'refused',
      name: 'name-by-slot',
      message: `${carrier.name} is called after its slot${where}: a guest has it in another one`,
      remedy: `Tie the name to ${carrier.mac} by a .link file of systemd.`,
    });
  }
  return found;
};
