// Plans a cluster from empty with all constraints on; prints one JSON line: seconds of the whole plan,
// p50 and p99 of one placement in milliseconds, how many were refused, and in how many of the
// placements tried (every 1,000th) the full scan said otherwise.
// usage: node placement-scale-plan.mjs HOSTS GUESTS POLICY [varied]
/** @param {string} path */
const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const [{ seededRandom }, { amounts, Cluster }, { placeByScan, placementPolicy, Placer }] =
  await Promise.all([
    dist('base/stats/random.js'),
    dist('manager/cluster/model/index.js'),
    dist('manager/cluster/placement/index.js'),
  ]);

const [hostCount = 0, guestCount = 0] = process.argv.slice(2, 4).map(Number);
const policy = placementPolicy(process.argv[4]);
const random = seededRandom('placement-scale');
/** @type {(items: readonly any[]) => any} */
const pick = (items) => items[random.integer(items.length)];
const gibibyte = 2 ** 30;

const hosts = Array.from({ length: hostCount }, (_, index) => ({
  name: `host-${index}`,
  capacity: amounts({
    cpu: pick([32, 64]),
    memory: pick([128, 256]) * gibibyte,
    disk: pick([2, 4]) * 1024 * gibibyte,
    diskIo: 2e9,
    network: 1.25e9,
  }),
  group: `row-${index % 10}`,
  storages: index % 4 === 0 ? ['local'] : ['local', 'shared'],
  accelerators: index % 5 === 0 ? ['kvm', 'xen-pvh'] : ['kvm'],
  cpuModels: index % 3 === 0 ? ['older'] : ['older', 'newer'],
  transaction: pick([0, 1, 5]),
}));
/** Sizes that guests are offered in; `varied`: each guest has a size of its own. */
const flavours = [1, 2, 4, 8].flatMap((cpu) =>
  [2, 4].map((memory) => ({
    cpu,
    memory: cpu * memory * gibibyte,
    disk: cpu * 10 * gibibyte,
    diskIo: cpu * 5e6,
    network: cpu * 2e6,
  })),
);
const varied = process.argv[5] === 'varied';
/**
 * @param {{ memory: number }} flavour
 * @param {number} index
 */
const own = (flavour, index) => ({ ...flavour, memory: flavour.memory + index * 4096 });
const guests = Array.from({ length: guestCount }, (_, index) => {
  const flavour = pick(flavours);
  const mirrored = random.integer(4) === 0;
  return {
    name: `guest-${index}`,
    demand: amounts(varied ? own(flavour, index) : flavour),
    mirrored,
    antiAffinity: random.integer(2) === 0 ? [`service-${Math.floor(index / 20)}`] : [],
    storages: mirrored ? ['local'] : ['shared'],
    ...(random.integer(10) === 0 ? { accelerator: 'xen-pvh' } : {}),
    ...(random.integer(3) === 0 ? { cpuModel: 'newer' } : {}),
  };
});
const cluster = new Cluster({
  hosts,
  guests: [],
  rules: { nPlusOne: ['memory'], overcommit: { cpu: 4 } },
});
const placer = new Placer(cluster, { policy });
const times = new Float64Array(guestCount);
let refused = 0;
let different = 0;
let compared = 0;
let comparing = 0;
const start = performance.now();
for (const [index, guest] of guests.entries()) {
  const number = cluster.add(guest);
  if (index % 1000 === 999 && policy.by === 'cost') {
    const before = performance.now();
    compared++;
    const answers = [placer.decide(number), placeByScan(cluster, number, policy)];
    if (JSON.stringify(answers[0]) !== JSON.stringify(answers[1])) different++;
    comparing += performance.now() - before;
  }
  const asked = performance.now();
  if (placer.place(number).state === 'refused') refused++;
  times[index] = performance.now() - asked;
}
const seconds = (performance.now() - start - comparing) / 1000;
times.sort();
/** @param {number} share */
const at = (share) => times[Math.min(guestCount - 1, Math.floor(share * guestCount))];
console.log(
  JSON.stringify({
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    refused,
    compared,
    different,
  }),
);
