/** The part of the page's script that follows buffers through their lives. */
export const BUFFERS_SCRIPT = `
const STAGES = [['posted', 'driver'], ['shown', 'driver'], ['taken', 'device'], ['done', 'device'],
  ['shown as used', 'device'],
  ['back', 'driver']];
const LEGS = [['on its way to the device', 'driver', 'between'], ['in the device', 'device', ''],
  ['on its way back', 'driver', '']];
const CHIPS_MAX = 64;
/** Buffers in flight, and one whose life is shown: the one that was chosen, or that of the event. */
class BufferPanel {
  constructor(root, ring, go) {
    this.ring = ring;
    this.go = go;
    this.chosen = null;
    this.followed = null;
    const parts = ['.rv-chips', '.rv-followed', '.rv-found'];
    [this.chips, this.panel, this.found] = parts.map((name) => root.querySelector(name));
    this.stores = new Map();
    ring.life.steps.forEach((step, i) => {
      if (step[2] !== 'store' || step[8] < 0 || step[5] < 0) return;
      if (!this.stores.has(step[8])) this.stores.set(step[8], []);
      this.stores.get(step[8]).push([step[5], step[6], i]);
    });
    const form = root.querySelector('.rv-jump');
    form.onsubmit = (event) => {
      event.preventDefault();
      this.jump(form.elements.ordinal.value.trim(), form.elements.token.value.trim());
    };
    this.found.textContent = '';
  }
  /** To where a buffer is posted; of a token, to the next time that it is. */
  jump(ordinal, token) {
    const { requests } = this.ring.life;
    const begins = ({ steps }) => steps.find((step) => step >= 0) ?? -1;
    const same = ordinal !== '' ? requests.filter((request) => String(request.ordinal) === ordinal)
      : requests.filter((request) => token !== '' && String(request.token) === token);
    const found = same.find((request) => begins(request) >= this.ring.at) ?? same[0];
    this.found.textContent = found ? '' : 'there is no such buffer in this recording';
    if (!found) return;
    this.chosen = found;
    this.go(begins(found) + 1);
  }
  /** Whose life is shown at an event, and which bytes are its own. */
  choose(step, at) {
    const { requests } = this.ring.life;
    const ofStep = step && step[8] >= 0 ? requests.find(({ ordinal }) => ordinal === step[8]) : null;
    const stays = this.followed && this.isInFlight(this.followed, at);
    this.followed = this.chosen ?? ofStep ?? (stays ? this.followed : null);
    const back = this.followed ? this.followed.steps[5] : -1;
    if (!this.followed || (back >= 0 && back < at)) return [];
    return (this.stores.get(this.followed.ordinal) ?? []).filter(([, , i]) => i < at);
  }
  isInFlight({ steps }, at) {
    const [posted, , , , , back] = steps;
    return posted < at && (back === -1 || back >= at) && steps.some((step) => step >= 0);
  }
  show(at) {
    const flying = this.ring.life.requests.filter((request) => this.isInFlight(request, at));
    const chips = flying.slice(0, CHIPS_MAX).map((request) => this.chip(request, at));
    if (flying.length > CHIPS_MAX) chips.push(element('span', 'dim', 'and ' + (flying.length - CHIPS_MAX) + ' more'));
    this.chips.replaceChildren(...(chips.length ? chips : [element('span', 'dim', 'none')]));
    this.showFollowed(at);
  }
  chip(request, at) {
    const reached = (stage) => request.steps[stage] >= 0 && request.steps[stage] < at;
    const taken = reached(2) ? ['theirs', 'with the device'] : ['mine', 'not taken yet'];
    const state = reached(3) ? ['done', 'done'] : taken;
    const button = element('button', state[0], '#' + request.ordinal);
    button.type = 'button';
    button.title = state[1] + ', token ' + request.token;
    button.setAttribute('aria-pressed', this.chosen === request);
    button.addEventListener('click', () => {
      this.chosen = this.chosen === request ? null : request;
      this.go(this.ring.at);
    });
    return button;
  }
  showFollowed(at) {
    const request = this.followed;
    if (!request) {
      this.panel.replaceChildren(element('p', 'dim', 'Choose a buffer to follow it through its life.'));
      return;
    }
    const name = 'Buffer #' + request.ordinal + (request.token === null ? '' : ', token ' + request.token)
      + (request.head === null ? '' : ', in the ring ' + request.head);
    const title = element('p', '', element('b', '', name), ': ' + request.text + ' ');
    if (this.chosen) title.append(this.release());
    this.panel.replaceChildren(title, this.stages(request, at), ...this.legs(request));
  }
  release() {
    const button = element('button', '', 'follow no longer');
    button.type = 'button';
    button.addEventListener('click', () => {
      this.chosen = null;
      this.go(this.ring.at);
    });
    return button;
  }
  stages(request, at) {
    return element('ol', 'rv-stages', ...STAGES.map(([name, side], i) => {
      const step = request.steps[i];
      const item = element('li', side + (step >= 0 && step < at ? ' past' : ''));
      if (step < 0) item.append(element('span', 'dim', name + ' \\u2013'));
      else {
        const button = element('button', '', name + ', event ' + step);
        button.type = 'button';
        button.addEventListener('click', () => {
          this.chosen = request;
          this.go(step + 1);
        });
        item.append(button);
      }
      return item;
    }));
  }
  legs({ legsNs }) {
    if (legsNs.includes(null)) return [];
    const bar = element('div', 'rv-legs', ...LEGS.map(([, side, shade], i) => {
      const leg = element('i', side + ' ' + shade);
      leg.style.flexGrow = Math.max(1, legsNs[i]);
      return leg;
    }));
    bar.setAttribute('aria-hidden', 'true');
    const total = legsNs.reduce((sum, ns) => sum + ns, 0);
    const text = LEGS.map(([name], i) => duration(legsNs[i]) + ' ' + name).join(', ');
    return [bar, element('p', '', duration(total) + ' in all: ' + text)];
  }
}
`;
