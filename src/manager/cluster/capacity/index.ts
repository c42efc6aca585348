export { failuresSurvived, type FailuresSurvived } from './failures-survived.ts';
export { howManyMore, type HowManyMore } from './how-many-more.ts';
