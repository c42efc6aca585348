export * from './health.ts';
export { restartOrder } from './order.ts';
export * from './restart.ts';
