/** From here on the series loses digits to cancellation, and the fraction needs only a few terms. */
const FAR = 3;
const FRACTION_TERMS = 200;

/** The probability that a standard normal value is above `z`. */
export function normalAbove(z: number): number {
  if (z < 0) return 1 - normalAbove(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return z < FAR ? 0.5 - density * series(z) : density / fraction(z);
}

/** The `z` that a standard normal value is above with probability `p`, of at most one half. */
export function normalQuantile(p: number): number {
  let [low, high] = [0, 40];
  // As many halvings as a double has digits.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalAbove(middle) > p) low = middle;
    else high = middle;
  }
  return high;
}

/** z + z^3/3 + z^5/(3*5) + ...: Marsaglia, Evaluating the Normal Distribution, J. Stat. Software 11 (2004). */
function series(z: number): number {
  let [term, sum] = [z, z];
  for (let odd = 3; term > sum * Number.EPSILON; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + ...))): Laplace's, from its end. */
function fraction(z: number): number {
  let value = z;
  for (let k = FRACTION_TERMS; k >= 1; k--) value = z + k / value;
  return value;
}
