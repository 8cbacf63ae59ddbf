// The three drawings: the circuit over time, what becomes due, and the ledger. The server draws the same for readers without scripts.
import { h, time } from './dom.js';
import { ago, count, now, setText } from './text.js';

const hour = 3_600_000;
const tall = { open: [2, 40], 'half-open': [22, 20], closed: [36, 6], unknown: [39, 1] }; // [y, height]: the state is told by height as well as colour
const percent = (n) => `${n.toFixed(2)}%`;

const spans = [[0.25 * hour, '15 min'], [hour, '1 h'], [6 * hour, '6 h'], [24 * hour, '24 h']];

/** The shortest that holds all changes of the last day. */
function spanOf({ circuit_history: history, observed_at: at }) {
  const ages = history.map((change) => Date.parse(at) - Date.parse(change.at)).filter((age) => age <= 24 * hour);
  if (!ages.length) return spans[2];
  return spans.find(([length]) => length >= Math.max(...ages) * 1.1) ?? spans.at(-1);
}

/** The part of the band each state takes. The history keeps 50 changes: what lies before a full one is not known. */
function segments({ circuit, circuit_history: history }, until, span) {
  const from = until - span;
  const before = history.length >= 50 || circuit.state === 'none' ? 'unknown' : 'closed';
  const changes = [{ at: null, state: before, reason: '' }, ...[...history].reverse()];
  const start = (i) => (i < changes.length ? Math.max(from, Date.parse(changes[i].at ?? 0)) : until);
  return changes.map((change, i) => ({ ...change, x: (100 * (start(i) - from)) / (until - from), width: (100 * (start(i + 1) - start(i))) / (until - from) }))
    .filter((part) => part.width > 0);
}

export function band(svg, status) {
  const [length, words] = spanOf(status);
  setText(document.getElementById('band-span'), words);
  const rects = segments(status, now(), length).map((p) => {
    const [y, height] = tall[p.state] ?? tall.unknown;
    const title = [p.state, p.reason, p.at ? ago(p.at) : 'before'].filter(Boolean).join(', ');
    return h('rect', { class: 'seg', 'data-value': p.state, x: percent(Math.min(p.x, 99)), width: percent(Math.max(p.width, 1)), y, height }, h('title', {}, title));
  });
  svg.replaceChildren(svg.querySelector('title'), ...rects);
}

export function due(schedule) {
  const { counts, due_now: dueNow, later, interval_seconds: step, from } = schedule;
  const most = Math.max(...counts, 0);
  const highest = Math.max(dueNow, most);
  const sum = counts.reduce((a, b) => a + b, 0);
  const start = (i) => new Date(Date.parse(from) + i * step * 1000).toISOString();
  const nextHour = counts.slice(0, 6).reduce((a, b) => a + b, 0);
  setText(document.getElementById('due-words'), dueNow + sum + later
    ? `${count(dueNow)} due now, ${count(nextHour)} within the next hour, ${count(sum)} within six hours, ${count(later)} later.`
    : 'Nothing waits for a retry.');
  setText(document.getElementById('due-most'), most ? `At most ${count(most)} in ten minutes.` : '');
  // What is due now has a bar of its own, a gap before the others.
  const column = (slot, n, words, kind = 'col') => {
    const height = Math.max(3, (96 * n) / Math.max(10, highest));
    return h('rect', { class: kind, x: percent((100 * slot) / 38 + 0.2), width: '2.3%', y: percent(99 - height), height: percent(height) },
      h('title', {}, `${count(n)} ${words}`));
  };
  const columns = counts.flatMap((n, i) => (n ? [column(i + 2, n, ago(start(i)).replace(/^0 s ago$/, 'now'))] : []));
  if (dueNow) columns.unshift(column(0, dueNow, 'due now', 'col now'));
  const svg = document.getElementById('due');
  for (const old of svg.querySelectorAll('.col')) old.remove();
  svg.append(...columns);
  document.getElementById('due-rows').replaceChildren(...counts.flatMap((n, i) => (n
    ? [h('tr', {}, h('td', {}, time(start(i))), h('td', {}, count(n)))] : [])));
}

export function ledger(svg, sums) {
  let x = 0;
  svg.replaceChildren(...['captured', 'pending', 'excluded', 'missing'].map((kind) => {
    const width = (100 * sums[kind]) / Math.max(1, sums.bytes);
    x += width;
    return h('rect', { 'data-value': kind, x: percent(x - width), width: percent(width), height: 18 });
  }));
}
