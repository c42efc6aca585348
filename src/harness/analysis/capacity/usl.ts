/**
 * The Universal Scalability Law: X(N) = λN / (1 + σ(N−1) + κN(N−1)).
 *
 * N. J. Gunther, "A general theory of computational scalability based on rational functions" (2008);
 * Guerrilla Capacity Planning (Springer, 2007), chapter 4.
 */
export interface Usl {
  /** λ: throughput of one guest alone, in the unit of the points. Above 0. */
  lambda: number;
  /** σ, contention: the share of the work that only one guest can do at a time. At least 0. */
  sigma: number;
  /** κ, coherency: what guests cost each other pair by pair; above 0 throughput has a peak. */
  kappa: number;
}

/** Throughput of `guests` guests together, in the unit of λ. */
export function uslThroughput({ lambda, sigma, kappa }: Usl, guests: number): number {
  return (lambda * guests) / (1 + sigma * (guests - 1) + kappa * guests * (guests - 1));
}

/** Where throughput is highest. */
export interface UslPeak {
  /** N* = √((1−σ)/κ), at least 1; infinite where κ is 0 and every further guest adds something. */
  guests: number;
  /** X(N*); without a peak the bound λ/σ that throughput approaches, infinite where σ is 0. */
  throughput: number;
}

export function uslPeak(usl: Usl): UslPeak {
  const { lambda, sigma, kappa } = usl;
  if (sigma >= 1) return { guests: 1, throughput: lambda };
  const guests = Math.max(1, Math.sqrt((1 - sigma) / kappa));
  const throughput = guests === Infinity ? lambda / sigma : uslThroughput(usl, guests);
  return { guests, throughput };
}

/** By how many percent throughput grows where the number of guests grows by one percent. */
export function uslElasticity({ sigma, kappa }: Usl, guests: number): number {
  const divisor = 1 + sigma * (guests - 1) + kappa * guests * (guests - 1);
  return 1 - (guests * (sigma + kappa * (2 * guests - 1))) / divisor;
}
