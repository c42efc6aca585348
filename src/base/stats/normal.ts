import { expectBetween } from './expect-numbers.ts';

/** Coefficients of a quotient of polynomials, highest power first. */
interface Quotient {
  over: readonly number[];
  under: readonly number[];
}

/**
 * Distribution function of the standard normal: the probability of a value below `x`. Relative error
 * below 1e-12, also far out in the left tail.
 *
 * Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Mathematics of Computation 23 (1969), in the form for the normal integral that he gave in Algorithm
 * 715 (ACM Transactions on Mathematical Software 19, 1993).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('normalCdf: expected a number, got NaN');
  const distance = Math.abs(x);
  if (distance <= 0.67448975) return 0.5 + x * quotient(centre, x * x);
  const tail = upperTail(distance);
  return x < 0 ? tail : 1 - tail;
}

function upperTail(x: number): number {
  if (x > 40) return 0;
  if (x <= Math.sqrt(32)) return gaussian(x) * quotient(middle, x);
  const inverse = 1 / (x * x);
  return (gaussian(x) * (1 / Math.sqrt(2 * Math.PI) - inverse * quotient(far, inverse))) / x;
}

/** exp(−x²/2); the square is split so that the rounding of x² is not blown up by the exponential. */
function gaussian(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (x - coarse) * (x + coarse));
}

/**
 * Quantile of the standard normal: the `x` below which a value lies with probability `p`
 * (0 < p < 1, or a RangeError). Relative error about 1e-15.
 *
 * M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
 * Statistics 37 (1988), routine PPND16.
 */
export function normalQuantile(p: number): number {
  expectBetween('normalQuantile', 'p', p, 0, 1);
  const fromMiddle = p - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    return fromMiddle * quotient(inner, 0.180625 - fromMiddle * fromMiddle);
  }
  const depth = Math.sqrt(-Math.log(fromMiddle < 0 ? p : 1 - p));
  const distance = depth <= 5 ? quotient(tail, depth - 1.6) : quotient(deepTail, depth - 5);
  return fromMiddle < 0 ? -distance : distance;
}

function quotient({ over, under }: Quotient, x: number): number {
  return polynomial(over, x) / polynomial(under, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

const centre: Quotient = {
  over: [
    0.065682337918207449113, 2.2352520354606839287, 161.02823106855587881, 1067.6894854603709582,
    18154.981253343561249,
  ],
  under: [
    1, 47.20258190468824187, 976.09855173777669322, 10260.932208618978205, 45507.789335026729956,
  ],
};

const middle: Quotient = {
  over: [
    1.0765576773720192317e-8, 0.39894151208813466764, 8.8831497943883759412, 93.506656132177855979,
    597.27027639480026226, 2494.5375852903726711, 6848.1904505362823326, 11602.651437647350124,
    9842.7148383839780218,
  ],
  under: [
    1, 22.266688044328115691, 235.38790178262499861, 1519.377599407554805, 6485.558298266760755,
    18615.571640885098091, 34900.952721145977266, 38912.003286093271411, 19685.429676859990727,
  ],
};

const far: Quotient = {
  over: [
    0.02307344176494017303, 0.21589853405795699, 0.1274011611602473639, 0.022235277870649807,
    0.001421619193227893466, 2.9112874951168792e-5,
  ],
  under: [
    1, 1.28426009614491121, 0.468238212480865118, 0.0659881378689285515, 0.00378239633202758244,
    7.29751555083966205e-5,
  ],
};

const inner: Quotient = {
  over: [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  under: [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ],
};

const tail: Quotient = {
  over: [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
    1.42343711074968357734,
  ],
  under: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
    1,
  ],
};

const deepTail: Quotient = {
  over: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
    6.6579046435011037772,
  ],
  under: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
    0.59983220655588793769, 1,
  ],
};
