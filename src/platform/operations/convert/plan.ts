import type { ConversionMethod } from './conversion.ts';
import type { Inspection, TargetInspection } from './inspect/index.ts';
import { obstaclesOf, refusalsOf, type Obstacle } from './obstacles/index.ts';
import {
  crossover,
  predict,
  predictedMethods,
  type Crossover,
  type Prediction,
} from './predict/index.ts';
import { inputOf, premisesOf, type Assumptions, type Premise } from './premises.ts';

/** What is to be expected of a conversion, method by method. */
export interface ConversionPlan {
  source: Inspection;
  target?: TargetInspection;
  obstacles: Obstacle[];
  /** On which the predictions rest; none where there is nothing to predict. */
  premises: Premise[];
  predictions: (Prediction & { refused: string[] })[];
  crossovers: PlannedCrossover[];
}

/** From which used size on the downtime of a method is shorter, or at most 10 % of it. */
export interface PlannedCrossover {
  method: ConversionMethod;
  than: ConversionMethod;
  /** 1: shorter; 0.1: by at least 90 %. */
  factor: number;
  from: Crossover;
}

const asked = [
  ['native-switch', 'offline', 1],
  ['native-switch', 'offline', 0.1],
  ['native-switch', 'warm', 1],
  ['warm', 'offline', 1],
] as const;

/** Puts together what was seen of a machine and a target, and what follows from it. */
export function planConversion(
  source: Inspection,
  target: TargetInspection | undefined,
  assumptions: Assumptions = {},
): ConversionPlan {
  const obstacles = obstaclesOf(source, target);
  const seen = { source, ...(target && { target }), obstacles };
  if (source.root === undefined) return { ...seen, premises: [], predictions: [], crossovers: [] };
  const premises = premisesOf(source, target, assumptions);
  const input = inputOf(premises, source);
  return {
    ...{ ...seen, premises },
    predictions: predictedMethods.map((method) => ({
      ...predict(method, input),
      refused: refusalsOf(method, obstacles).map(({ name }) => name),
    })),
    crossovers: asked.map(([method, than, factor]) => ({
      ...{ method, than, factor, from: crossover(method, than, input, factor) },
    })),
  };
}
