import { BUFFERS_SCRIPT } from './buffers-script.js';
import { MEMORY_SCRIPT } from './memory-script.js';

/**
 * Steps through a recorded ring. What an event means is in the data; this applies its stores to the bytes, keeps copies
 * of them every so many events so that going back is as quick as going on, and shows what there is.
 */
export const VIEWER_SCRIPT: string = `
${MEMORY_SCRIPT}
${BUFFERS_SCRIPT}
function startRingViewer(root) {
  const $ = (selector) => root.querySelector(selector);
  const lives = JSON.parse($('.rv-data').textContent);
  const [app, slider, select] = ['.rv-app', '.rv-slider', '.rv-life'].map($);
  let ring, memory, buffers, at = 0, playing = false, nextTime = 0;
  const sides = ['driver', 'device'];
  function open(index) {
    ring = new RecordedRing(lives[index]);
    memory = new MemoryTables($('.rv-memory'), ring);
    buffers = new BufferPanel(root, ring, go);
    slider.max = ring.life.steps.length;
    for (const side of sides) $('.rv-side.' + side + ' dl').replaceChildren();
    ring.life.fields.forEach((field) => {
      const row = element('div', '', element('dt', '', field.label), element('dd', '', ''));
      $('.rv-side.' + field.side + ' dl').append(row);
      field.row = row;
    });
    go(0);
  }
  function go(to) {
    at = Math.max(0, Math.min(ring.life.steps.length, to));
    ring.seek(at);
    slider.value = at;
    app.dataset.event = at - 1;
    const step = at === 0 ? null : ring.life.steps[at - 1];
    showNow(step);
    ring.life.fields.forEach((field, i) => {
      field.row.lastChild.textContent = ring.fields[i];
      field.row.classList.toggle('changed', Boolean(step && step[9] && step[9].fields.some(([n]) => n === i)));
    });
    memory.show(step, buffers.choose(step, at));
    buffers.show(at);
    showLog();
  }
  function showNow(step) {
    const now = $('.rv-now');
    now.classList.remove(...sides);
    if (step) now.classList.add(sides[step[1]]);
    $('.rv-count').textContent = (at === 0 ? 'start' : 'event ' + (at - 1)) + ' of ' + ring.life.steps.length;
    $('.rv-who').textContent = step ? sides[step[1]] : '';
    $('.rv-text').textContent = step ? step[3] : 'Before the first event.';
    $('.rv-section').textContent = step ? step[4] : '';
    $('.rv-note').textContent = step ? noteOf(step) : 'The bytes as they were at the beginning of the recording.';
  }
  function noteOf(step) {
    const operation = 'nothing is stored by this alone';
    const kinds = { store: 'a store to the ring', read: 'a read of the ring', operation };
    const before = at > 1 ? ', ' + duration(step[0] - ring.life.steps[at - 2][0]) + ' after the event before' : '';
    return kinds[step[2]] + '; at ' + duration(step[0]) + before + (step[8] < 0 ? '' : '; buffer #' + step[8]);
  }
  function showLog() {
    const first = Math.max(0, Math.min(at - 5, ring.life.steps.length - 10));
    $('.rv-log ol').replaceChildren(...ring.life.steps.slice(first, first + 10).map((step, i) => {
      const button = element('button', sides[step[1]], element('span', 'n', String(first + i)),
        element('b', '', sides[step[1]]), element('span', '', step[3]));
      button.type = 'button';
      if (first + i === at - 1) button.setAttribute('aria-current', 'step');
      button.addEventListener('click', () => go(first + i + 1));
      return element('li', '', button);
    }));
  }
  /** Up to the next thing that is done, and not only stored or read. */
  function leap(by) {
    let to = at + by;
    while (to > 0 && to < ring.life.steps.length && ring.life.steps[to - 1][2] !== 'operation') to += by;
    go(to);
  }
  function play(on) {
    playing = on;
    const button = $('[data-do=play]');
    button.setAttribute('aria-label', on ? 'pause' : 'play');
    button.title = on ? 'pause' : 'play';
    button.querySelector('path').setAttribute('d', on ? 'M3 1h3v12H3zM8 1h3v12H8z' : 'M3 1l10 6-10 6z');
    if (on) requestAnimationFrame(turn);
  }
  function turn(time) {
    if (!playing) return;
    if (time >= nextTime) {
      nextTime = time + 450;
      if (at === ring.life.steps.length) return play(false);
      go(at + 1);
    }
    requestAnimationFrame(turn);
  }
  const acts = { first: () => go(0), back: () => go(at - 1), play: () => play(!playing), next: () => go(at + 1),
    last: () => go(ring.life.steps.length) };
  for (const button of root.querySelectorAll('[data-do]')) {
    button.addEventListener('click', () => {
      if (button.dataset.do !== 'play') play(false);
      acts[button.dataset.do]();
    });
  }
  slider.addEventListener('input', () => { play(false); go(Number(slider.value)); });
  select.addEventListener('change', () => { play(false); open(select.selectedIndex); });
  app.addEventListener('keydown', (event) => {
    const isText = event.target.matches('input:not([type=range]), select');
    if (isText || event.ctrlKey || event.altKey || event.metaKey) return;
    const leapOr = (by) => (event.shiftKey ? leap(by) : go(at + by));
    const keys = { ArrowRight: () => leapOr(1), ArrowLeft: () => leapOr(-1), Home: acts.first, End: acts.last,
      ' ': acts.play };
    if (!keys[event.key] || (event.key === ' ' && event.target.matches('button, summary'))) return;
    event.preventDefault();
    if (event.key !== ' ') play(false);
    keys[event.key]();
  });
  lives.forEach(({ title }) => select.append(element('option', '', title)));
  select.hidden = lives.length === 1;
  $('.rv-plain').hidden = true;
  app.hidden = false;
  $('.rv-keys').hidden = false;
  open(0);
}
for (const root of document.querySelectorAll('.rv')) startRingViewer(root);
`;
