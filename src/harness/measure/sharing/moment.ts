/**
 * Name of the events that say, second by second, how services behind a front did. Figures: `time`
 * (seconds since the overload began), requests a second that were `offered` to the overloaded
 * service and answered well (`good`), its 99th percentile (`p99`, seconds), what other services have
 * `lent`, and how many of their own requests were answered well (`donorsGood`).
 */
export const sharingMoment = 'sharing-second';
