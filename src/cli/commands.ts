import type { Command } from 'commander';

/** Every command; a new one is a file and a line here. */
export const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  plan: async () => (await import('./plan.ts')).addPlan,
  run: async () => (await import('./run.ts')).addRun,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  resume: async () => (await import('./resume.ts')).addResume,
  report: async () => (await import('./report.ts')).addReport,
  claims: async () => (await import('./claims.ts')).addClaims,
  gate: async () => (await import('./gate/index.ts')).addGate,
  compare: async () => (await import('./compare.ts')).addCompare,
  bundle: async () => (await import('./bundle.ts')).addBundle,
  import: async () => (await import('./import.ts')).addImport,
  capacity: async () => (await import('./capacity/index.ts')).addCapacity,
  calibrate: async () => (await import('./calibrate/index.ts')).addCalibrate,
  p2v: async () => (await import('./p2v/index.ts')).addP2v,
  lab: async () => (await import('./lab.ts')).addLab,
  cluster: async () => (await import('./cluster/index.ts')).addCluster,
  clean: async () => (await import('./clean.ts')).addClean,
  schema: async () => (await import('./schema.ts')).addSchema,
};
