/** The part of the page's script that has the bytes, and the tables that show them. */
export const MEMORY_SCRIPT = `
const PAGE_ROWS = 32;
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
function duration(ns) {
  if (ns < 1e3) return ns + ' ns';
  if (ns < 1e6) return (ns / 1e3).toFixed(1) + ' \\u00b5s';
  return (ns / 1e6).toFixed(2) + ' ms';
}
/** A ring at one event: its bytes, and what both sides keep to themselves. */
class RecordedRing {
  constructor(life) {
    this.life = life;
    this.at = 0;
    this.bytes = Uint8Array.from(atob(life.base), (character) => character.charCodeAt(0));
    this.fields = life.fields.map(({ start }) => start);
    this.pointers = life.pointers.map(({ start }) => start);
    this.every = Math.max(256, life.bytes >> 6);
    this.copies = [];
    for (let k = 0; k <= life.steps.length; k += this.every) {
      this.advance(k);
      this.copies.push([this.bytes.slice(), this.fields.slice(), this.pointers.slice()]);
    }
  }
  seek(k) {
    if (k < this.at || k - this.at > this.every) {
      const copy = Math.floor(k / this.every);
      [this.bytes, this.fields, this.pointers] = this.copies[copy].map((one) => one.slice());
      this.at = copy * this.every;
    }
    this.advance(k);
  }
  advance(k) {
    for (; this.at < k; this.at++) {
      const [, , kind, , , offset, width, value, , change] = this.life.steps[this.at];
      if (kind === 'store' && offset >= 0)
        for (let i = 0; i < width; i++) this.bytes[offset + i] = (value >>> (8 * i)) & 255;
      if (!change) continue;
      for (const [field, now] of change.fields) this.fields[field] = now;
      for (const [pointer, slot] of change.pointers) this.pointers[pointer] = slot;
    }
  }
  word(at, width) {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i];
    return value;
  }
}
function flagNames(value, names) {
  return names.filter(([, bit]) => value & bit).map(([name]) => name).join(' ') || '\\u2013';
}
const KIND_FLAGS = [['NEXT', 1], ['WRITE', 2], ['INDIRECT', 4]];
const FORMATS = {
  number: String,
  address: (value) => '0x' + value.toString(16),
  'descriptor-flags': (value) => flagNames(value, KIND_FLAGS),
  'packed-flags': (value) => flagNames(value, [['AVAIL', 128], ['USED', 32768], ...KIND_FLAGS]),
  'no-interrupt': (value) => (value === 1 ? 'NO_INTERRUPT' : String(value)),
  'no-notify': (value) => (value === 1 ? 'NO_NOTIFY' : String(value)),
  position: (value) => 'slot ' + (value & 32767) + ', wrap ' + (value >> 15),
  'event-flags': (value) => ['ENABLE', 'DISABLE', 'DESC'][value] || String(value),
};
/** The parts of the ring as tables. Long ones have pages, and turn to where something happens. */
class MemoryTables {
  constructor(host, ring) {
    this.ring = ring;
    this.step = null;
    this.own = [];
    host.replaceChildren();
    host.classList.toggle('packed', ring.life.tables.some(({ id }) => id === 'driver-events'));
    this.tables = ring.life.tables.map((spec) => this.make(host, spec));
    this.indirect = ring.life.indirect.length > 0 ? this.makeIndirect() : null;
  }
  make(host, spec) {
    const writer = (spec.writer ? spec.writer + ' writes' : 'both write') + ', ' + spec.section;
    const box = element('div', 'rv-table ' + (spec.writer || ''));
    box.dataset.table = spec.id;
    const heading = element('h3', '', spec.title + ' ', element('small', '', writer));
    const words = element('dl', 'rv-words');
    const table = { spec, box, page: -1, cells: [], fixed: [], body: element('tbody', '') };
    for (const word of spec.words) {
      const value = element('dd', '');
      words.append(element('dt', '', word.label), value);
      table.fixed.push(this.cell(value, word, 0));
    }
    box.append(heading, ...(spec.words.length ? [words] : []));
    if (spec.rows) this.addRows(table);
    host.append(box);
    return table;
  }
  /** Entries of the indirect table of the buffer that is followed: they are wherever the driver had memory for them. */
  makeIndirect() {
    const descriptors = this.tables[0];
    const [heading, address, body] = [element('h3', ''), element('small', ''), element('tbody', '')];
    heading.append('Indirect table ', address);
    const head = element('tr', '', element('th', 'at', '#'));
    for (const { label } of descriptors.spec.rows.cells) head.append(element('th', '', label));
    const table = element('table', '', element('thead', '', head), body);
    const box = element('div', 'rv-table driver rv-indirect', heading, table);
    descriptors.box.append(box);
    return { box, address, body, cells: [], fixed: [], key: '', spec: descriptors.spec };
  }
  showIndirect(step) {
    const table = this.indirect;
    const touched = this.own.map(([at]) => at);
    if (step && step[5] >= 0) touched.push(step[5]);
    const area = this.ring.life.indirect.find(([at, bytes]) => touched.some((one) => one >= at && one < at + bytes));
    const places = area === undefined ? [] : touched.filter((at) => at >= area[0] && at < area[0] + area[1])
      .map((at) => at - ((at - area[0]) % 16));
    const entries = [...new Set(places)].sort((a, b) => a - b);
    table.box.hidden = entries.length === 0;
    if (table.key !== entries.join()) {
      table.key = entries.join();
      table.cells = [];
      table.address.textContent = area ? 'at 0x' + (area[2] + entries[0] - area[0]).toString(16) : '';
      table.body.replaceChildren(...entries.map((at, i) => {
        const row = element('tr', '', element('th', 'at', String(i)));
        for (const spec of table.spec.rows.cells) {
          const target = element('td', '');
          row.append(target);
          table.cells.push(this.cell(target, spec, at));
        }
        return row;
      }));
    }
    this.update(table);
  }
  addRows(table) {
    const { spec, box } = table;
    const head = element('tr', '', element('th', 'at', spec.id === 'desc' && spec.writer ? '#' : 'slot'));
    for (const { label } of spec.rows.cells) head.append(element('th', '', label));
    const pointers = this.ring.life.pointers.map((pointer, i) => ({ ...pointer, i }));
    const pins = pointers.filter(({ table }) => table === spec.id);
    table.pins = pins.map((pin, n) => ({ ...pin, sign: n < 2 ? '\\u25b6' : '\\u25b7' }));
    if (this.ring.life.size > PAGE_ROWS) box.append(this.pager(table));
    box.append(element('table', '', element('thead', '', head), table.body));
    box.append(element('p', 'rv-key', ...table.pins.map((pin) => element('span', pin.side,
      element('i', 'rv-pin', pin.sign), pin.side + ' ' + pin.label))));
  }
  pager(table) {
    const turn = (by) => () => this.turn(table, table.page + by);
    const [back, on] = [['\\u2039', 'slots before', -1], ['\\u203a', 'slots behind', 1]].map(([sign, label, by]) => {
      const button = element('button', '', sign);
      button.type = 'button';
      button.setAttribute('aria-label', label);
      button.addEventListener('click', turn(by));
      return button;
    });
    table.range = element('span', '');
    return element('div', 'rv-pages', back, table.range, on);
  }
  cell(target, spec, base) {
    target.dataset.label = spec.label;
    return { target, at: base + spec.at, width: spec.widthBytes, format: FORMATS[spec.format], value: null };
  }
  /** Shows so many rows from a page on; a ring of few slots has one. */
  turn(table, page) {
    const { size } = this.ring.life;
    const wanted = Math.max(0, Math.min(Math.ceil(size / PAGE_ROWS) - 1, page));
    if (wanted === table.page) return;
    table.page = wanted;
    const [first, end] = [wanted * PAGE_ROWS, Math.min(size, (wanted + 1) * PAGE_ROWS)];
    if (table.range) table.range.textContent = first + ' to ' + (end - 1) + ' of ' + size;
    table.cells = [];
    table.rows = [];
    table.body.replaceChildren();
    for (let slot = first; slot < end; slot++) {
      const row = element('tr', '', element('th', 'at', String(slot)));
      row.dataset.slot = slot;
      for (const spec of table.spec.rows.cells) {
        const target = element('td', '');
        row.append(target);
        table.cells.push(this.cell(target, spec, table.spec.rows.at + slot * table.spec.rows.bytes));
      }
      table.rows.push({ slot, head: row.firstChild });
      table.body.append(row);
    }
    this.update(table);
  }
  show(step, own) {
    this.step = step;
    this.own = own;
    for (const table of this.tables) {
      const { rows } = table.spec;
      const inRows = rows && step ? (step[5] - rows.at) / rows.bytes : -1;
      if (rows) this.turn(table, inRows >= 0 && inRows < this.ring.life.size ? Math.floor(inRows / PAGE_ROWS)
        : Math.max(0, table.page));
      this.update(table);
    }
    if (this.indirect) this.showIndirect(step);
  }
  update(table) {
    const { step, ring } = this;
    const touches = (cell, at, width) => at >= 0 && at < cell.at + cell.width && at + width > cell.at;
    for (const cell of [...table.fixed, ...table.cells]) {
      const value = ring.word(cell.at, cell.width);
      if (value !== cell.value) {
        cell.value = value;
        cell.target.textContent = cell.format(value);
        cell.target.dataset.value = value;
      }
      const isHit = Boolean(step) && touches(cell, step[5], step[6]);
      cell.target.classList.toggle('hit', isHit);
      cell.target.classList.toggle('read', isHit && step[2] === 'read');
      if (isHit) cell.target.style.setProperty('--hit', step[1] ? 'var(--device)' : 'var(--driver)');
      cell.target.classList.toggle('own', this.own.some(([at, width]) => touches(cell, at, width)));
    }
    for (const { slot, head } of table.rows || []) {
      const pins = table.pins.filter(({ i }) => ring.pointers[i] === slot);
      head.replaceChildren(...pins.map((pin) => {
        const sign = element('i', 'rv-pin ' + pin.side, pin.sign);
        sign.title = pin.side + ' ' + pin.label;
        return sign;
      }), String(slot));
    }
  }
}
`;
