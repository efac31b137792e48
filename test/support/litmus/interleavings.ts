import { type Litmus, locationsOf, outcomeText } from './litmus.js';

/** The outcomes of all interleavings of a test without dependencies, one operation after the other. */
export function interleavedOutcomes(litmus: Litmus): Set<string> {
  const outcomes = new Set<string>();
  const visit = (done: readonly number[], values: ReadonlyMap<string, number>): void => {
    let isEnd = true;
    for (const [t, operations] of litmus.threads.entries()) {
      const operation = operations[done[t] as number];
      if (operation === undefined) continue;
      isEnd = false;
      const after = new Map(values);
      if (operation.type !== 'fence') {
        const before = after.get(operation.location) as number;
        if (operation.type !== 'store') after.set(operation.register, before);
        if (operation.type === 'store') after.set(operation.location, operation.value);
        if (operation.type === 'update')
          after.set(operation.location, operation.value + (operation.isExchange ? 0 : before));
      }
      visit(
        done.map((count, other) => (other === t ? count + 1 : count)),
        after,
      );
    }
    if (isEnd) outcomes.add(outcomeText(values));
  };
  visit(
    litmus.threads.map(() => 0),
    new Map(locationsOf(litmus).map((location) => [location, 0])),
  );
  return outcomes;
}
