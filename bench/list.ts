import { bca } from './bca.ts';
import { calibration } from './calibration.ts';
import { cloneVsCopy } from './clone-vs-copy.ts';
import { createOverhead } from './create-overhead.ts';
import { demo } from './demo.ts';
import { emptyTrials } from './empty-trials.ts';
import { fioOverhead } from './fio-overhead.ts';
import { gateQuality } from './gate-quality.ts';
import { hbal } from './hbal.ts';
import { hotPaths } from './hot-paths.ts';
import { hspace } from './hspace.ts';
import { intervals } from './intervals.ts';
import { lab } from './lab.ts';
import { labMachines } from './lab-machines.ts';
import { masterAgents } from './master-1000-agents.ts';
import { nativeSwitchOutage } from './native-switch-outage.ts';
import { observerCost } from './observer-cost.ts';
import { observerDowntime } from './observer-downtime.ts';
import { p2vCopy } from './p2v-copy.ts';
import { p2vReduction } from './p2v-reduction.ts';
import { placementScale } from './placement-scale.ts';
import { reportMillion } from './report-million.ts';
import { sealedMessages } from './sealed-messages.ts';
import { simulator } from './simulator.ts';
import { snapshotVsBoot } from './snapshot-vs-boot.ts';
import { sshExec } from './ssh-exec.ts';
import { stormCost } from './storm-cost.ts';
import { xenHotplugScripts } from './xen-hotplug-scripts.ts';
import type { Benchmark } from './benchmark.ts';

/** Every benchmark, in the order in which they run; a new one is a file and a line here. */
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
  xenHotplugScripts,
];
