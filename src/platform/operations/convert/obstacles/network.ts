import { mendsOf } from '../fix-up/mends.ts';
import { cardsBelow } from '../inspect/interfaces.ts';
import { allMethods, kexecMethods, type Look, type Obstacle } from './obstacle.ts';

/** What a tap has that is made anew; nobody changes it, on the source or the target. */
const tapMtu = 1500;

/** Identity on the network: who carries the address, and what its name hangs on. */
export const lookAtNetwork: Look = (source) => {
  const { carrier, network } = source;
  if (carrier === undefined) {
    const message = `no card carries the machine's address (${network.main ?? 'no interface has one'})`;
    const remedy = 'Only a card, or a bridge or bond of cards, is taken over so far.';
    return [{ methods: allMethods, kind: 'refused', name: 'no-carrier', message, remedy }];
  }
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string) =>
    found.push({ methods: allMethods, kind: 'refused', name, message, remedy });
  const addressed = network.interfaces.find(({ name }) => name === network.main);
  if (!addressed?.addresses.some((each) => each.includes('.'))) {
    refuse(
      'no-ipv4',
      `${network.main ?? carrier.name} has no IPv4 address, by which it is asked who runs the machine`,
      'Give it one, at least until the guest runs.',
    );
  }
  if (carrier.mtu > tapMtu) {
    refuse(
      'mtu',
      `${carrier.name} sends frames of ${carrier.mtu} bytes: the tap of a guest drops what has more than ${tapMtu}`,
      `Set it to ${tapMtu} (ip link set ${carrier.name} mtu ${tapMtu}), in the configuration, too.`,
    );
  }
  const stacked = network.interfaces.filter(
    (each) => each.on !== undefined && cardsBelow(each, network.interfaces).includes(carrier.name),
  );
  if (stacked.length > 0) {
    const names = stacked.map(({ name }) => name).join(', ');
    const message = `${names} on ${carrier.name}: the bridge of the target has to pass its VLAN, or its hardware address`;
    found.push({ methods: allMethods, kind: 'note', name: 'stacked', message });
  }
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
