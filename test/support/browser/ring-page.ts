import type { Page } from 'playwright-core';
import type { RecordedLife } from '../../../src/recording/recording.js';
import type { Rebuilt } from '../recording/apply.js';
import { PackedWire } from '../ring/packed-wire.js';
import { WireRing } from '../ring/wire.js';

/** Words of a ring by the table of the page that has them, its row (empty: none) and their name. */
export type Words = Readonly<Record<string, number>>;

/** All words of a ring as the page shows them now. Of a ring that fits one page of each table, that is all of it. */
export async function shownWords(page: Page): Promise<Words> {
  const pairs = await page.evaluate(`
    [...document.querySelectorAll('.rv-table[data-table]')].flatMap((box) =>
      [...box.querySelectorAll('dd[data-label], tr[data-slot] td[data-label]')].map((cell) => [
        [box.dataset.table, cell.closest('tr')?.dataset.slot ?? '', cell.dataset.label].join('/'),
        Number(cell.dataset.value)]))`);
  return Object.fromEntries(pairs as [string, number][]);
}

/** The same words, as a reader of the specification finds them in `memory`: nothing of what is tested takes part. */
export function wordsIn(memory: Rebuilt, life: RecordedLife): Words {
  return life.layout === 'split' ? splitWords(memory, life) : packedWords(memory, life);
}

function splitWords(memory: Rebuilt, { options: { size }, addresses }: RecordedLife): Words {
  const { desc, driver, device } = addresses;
  const wire = new WireRing(memory.buffer, size, { desc, avail: driver, used: device });
  const words: Record<string, number> = {
    'avail//idx': wire.availIdx,
    'avail//flags': wire.availFlags,
    'avail//used_event': wire.usedEvent,
    'used//idx': wire.usedIdx,
    'used//flags': wire.usedFlags,
    'used//avail_event': wire.availEvent,
  };
  for (let i = 0; i < size; i++) {
    for (const [name, value] of Object.entries(wire.descriptor(i))) words[`desc/${i}/${name}`] = value;
    words[`avail/${i}/head`] = wire.availEntry(i);
    const { id, length } = wire.usedEntry(i);
    words[`used/${i}/head`] = id;
    words[`used/${i}/length`] = length;
  }
  return words;
}

function packedWords(memory: Rebuilt, { options: { size }, addresses }: RecordedLife): Words {
  const { desc, driver, device } = addresses;
  const wire = new PackedWire(memory.buffer, size, { ring: desc, driverEvent: driver, deviceEvent: device });
  const words: Record<string, number> = {};
  for (const [table, { slot, wrap, flags }] of [
    ['driver-events', wire.driverEvent],
    ['device-events', wire.deviceEvent],
  ] as const) {
    words[`${table}//position`] = slot + 0x8000 * wrap;
    words[`${table}//flags`] = flags;
  }
  for (let i = 0; i < size; i++)
    for (const [name, value] of Object.entries(wire.descriptor(i))) words[`desc/${i}/${name}`] = value;
  return words;
}
