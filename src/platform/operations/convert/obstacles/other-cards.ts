import { cardsBelow, isOwnAddress } from '../inspect/interfaces.ts';
import { allMethods, type Look, type Obstacle } from './obstacle.ts';

/** What the machine has on cards beside the one that carries its address: a guest has one card. */
export const lookAtOtherCards: Look = ({ carrier, network: { interfaces } }) => {
  if (carrier === undefined) return [];
  const found: Obstacle[] = [];
  const without = interfaces.flatMap((each) => {
    const cards = cardsBelow(each, interfaces);
    const addresses = each.addresses.filter(isOwnAddress);
    const lost = cards.length > 0 && !cards.includes(carrier.name) && addresses.length > 0;
    return lost ? [{ name: each.name, addresses, cards }] : [];
  });
  const [first] = without;
  if (first !== undefined) {
    const names = without.map(({ name, addresses }) => `${name} (${addresses.join(' ')})`);
    found.push({
      ...{ methods: allMethods, kind: 'refused', name: 'other-addresses' },
      message: `a guest has one card, ${carrier.name}: it would lose the addresses of ${names.join(', ')}`,
      remedy: `Give them to ${carrier.name}, or a VLAN on it; what nothing needs: take it down (ip link set ${first.name} down) and out of the configuration.`,
    });
  }
  const told = without.flatMap(({ cards }) => cards);
  const left = interfaces.filter(
    ({ name, physical }) => physical && name !== carrier.name && !told.includes(name),
  );
  if (left.length > 0) {
    const names = left.map(
      ({ name, master }) => name + (master === undefined ? '' : ` of ${master}`),
    );
    found.push({
      ...{ methods: allMethods, kind: 'note', name: 'other-cards' },
      message: `a guest has one card, ${carrier.name}: it is without ${names.join(', ')}`,
    });
  }
  return found;
};
