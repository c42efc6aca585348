export { crossover, type Crossover } from './crossover.ts';
export { predict, predictedMethods, type Prediction, type PredictionInput } from './predict.ts';
