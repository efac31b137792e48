/** Moves positions apart until no two are nearer than `gap`, and keeps them in order and, with room, in the bounds. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): readonly number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed: number[] = order.map((i) => Math.min(high, Math.max(low, wanted[i] as number)));
  for (let k = 1; k < placed.length; k++)
    placed[k] = Math.max(placed[k] as number, (placed[k - 1] as number) + gap);
  // What was pushed over the edge pushes back.
  let limit = high;
  for (let k = placed.length - 1; k >= 0; k--) {
    placed[k] = Math.min(placed[k] as number, limit);
    limit = (placed[k] as number) - gap;
  }
  const rank = new Map(order.map((i, k) => [i, k]));
  return wanted.map((_, i) => placed[rank.get(i) as number] as number);
}
