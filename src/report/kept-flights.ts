import type { KeptFlight } from '../runs/stored-run.js';
import type { Explanation } from '../stress/explain/explain-failure.js';
import type { Flight } from '../stress/flight.js';
import type { StressResult } from '../stress/run-stress.js';
import type { StressReport } from './stress-json.js';

/** All that was recorded of a race that failed, `found`, and of the `smaller` one that failed at last. */
export function keptFlights(
  { seed, failures }: StressReport,
  result: StressResult,
  explanation: Explanation | null,
): KeptFlight[] {
  const smallerFlight = explanation?.shrunk?.failed.flight;
  return failures.flatMap(({ round, ring, code, configuration, replay, explanation: explained }, i) => {
    const found = { race: 'found', seed, round, ring, code, configuration, replay };
    const shrunk = explained?.shrunk ?? null;
    const kept = flightOf(found, result.failures[i]?.flight);
    if (shrunk === null) return kept;
    const smaller = { race: 'smaller', seed, round, code: shrunk.code };
    const again = { ...smaller, configuration: shrunk.configuration, replay: shrunk.replay };
    return [...kept, ...flightOf(again, smallerFlight)];
  });
}

function flightOf(race: KeptFlight['header'], flight: Flight | undefined): KeptFlight[] {
  if (flight === undefined || flight.events.length === 0) return [];
  const { events, clockErrorNs } = flight;
  return [{ header: { ...race, clock_error_ns: Math.round(clockErrorNs) }, events }];
}
