import { bca } from './statistics/bca.ts';
import { calibration } from './observers/calibration.ts';
import { cloneVsCopy } from './guests/clone-vs-copy.ts';
import { createOverhead } from './guests/create-overhead.ts';
import { demo } from './runs/demo.ts';
import { emptyTrials } from './runs/empty-trials.ts';
import { fioOverhead } from './guests/fio-overhead.ts';
import { gateQuality } from './statistics/gate-quality.ts';
import { hbal } from './placement/hbal.ts';
import { hotPaths } from './runs/hot-paths.ts';
import { hspace } from './placement/hspace.ts';
import { intervals } from './statistics/intervals.ts';
import { lab } from './labs/lab.ts';
import { labMachines } from './labs/lab-machines.ts';
import { managedMigration } from './manager/managed-migration.ts';
import { masterAgents } from './manager/master-1000-agents.ts';
import { nativeSwitchOutage } from './p2v/native-switch-outage.ts';
import { observerCost } from './observers/observer-cost.ts';
import { observerDowntime } from './observers/observer-downtime.ts';
import { p2vCopy } from './p2v/p2v-copy.ts';
import { p2vReduction } from './p2v/p2v-reduction.ts';
import { placementScale } from './placement/placement-scale.ts';
import { reportMillion } from './runs/report-million.ts';
import { sealedMessages } from './manager/sealed-messages.ts';
import { simulator } from './placement/simulator.ts';
import { snapshotVsBoot } from './guests/snapshot-vs-boot.ts';
import { sshExec } from './labs/ssh-exec.ts';
import { stormCost } from './guests/storm-cost.ts';
import { xenHotplugScripts } from './guests/xen-hotplug-scripts.ts';
import type { Benchmark } from './benchmark.ts';

/** Every benchmark, in the order in which they run; a new one is a file in a folder and a line here. */
export const benchmarks: readonly Benchmark[] = [
  hotPaths,
  gateQuality,
  intervals,
  bca,
  emptyTrials,
  reportMillion,
  createOverhead,
  cloneVsCopy,
  snapshotVsBoot,
  stormCost,
  demo,
  lab,
  labMachines,
  sshExec,
  calibration,
  observerCost,
  observerDowntime,
  fioOverhead,
  hspace,
  hbal,
  p2vCopy,
  nativeSwitchOutage,
  p2vReduction,
  placementScale,
  simulator,
  sealedMessages,
  masterAgents,
  managedMigration,
  xenHotplugScripts,
];
