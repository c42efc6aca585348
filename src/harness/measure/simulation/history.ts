/** Name of the events that say how a simulated cluster is at a moment of its time. */
export const simulatedMoment = 'simulated';
