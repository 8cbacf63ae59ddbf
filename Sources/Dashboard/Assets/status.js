// Shows the one read model: everything on the page but the lists.
import { fill, h, icon, time } from './dom.js';
import { band, due, ledger } from './pictures.js';
import { bytes, count, now, setClock, setText } from './text.js';

const byId = (id) => document.getElementById(id);
const drawn = new Map();

/** The last that was told. */
let latest = null;

/** What is said in place of a time that has passed; nothing where it lies ahead. */
export function waits(next) {
  if (!next || Date.parse(next) > now()) return '';
  return ['open', 'half-open'].includes(latest?.circuit.state) ? `when ${latest.llm_status.provider} is back` : 'due now';
}

/** A failure as its row shows it: when it is tried next. */
export const withNext = (item) => ({ ...item, waits: waits(item.next_retry), due: waits(item.next_retry) ? null : item.next_retry });

/** Redraws a list only when its data changed: a redraw would drop focus and selection. */
function redraw(id, items, make) {
  const key = JSON.stringify(items);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  byId(id).replaceChildren(...items.map(make));
}

const late = /^(provider_|circuit_|budget_spent|memory_|not_remembered|dead_letters|queue_full)/;

/** Words at risk, memories that are late, or something that waits: as the server tells them apart. */
function concernOf(t) {
  if (!/^(nothing|only memories)/.test(t.at_risk)) return 'bad';
  return t.severity === 'error' || late.test(t.kind) ? 'warn' : 'wait';
}

export function toneOf(status) {
  const concerns = status.troubles.map(concernOf);
  if (concerns.includes('bad')) return 'bad';
  if (concerns.includes('warn') || status.service_status === 'stopped') return 'warn';
  return status.service_status === 'running' && !concerns.length ? 'good' : 'wait';
}

/** A command of ours stands between single quotes; what else is quoted may be another's words, and nobody is to run it. */
const command = /(?<=^|[ (])'(holdfast [^']*)'/g;

/** What to do, with the commands told from the words around them. */
function remedyOf(text) {
  const parts = [];
  let end = 0;
  const say = (words) => { if (words) parts.push(h('bdi', {}, words)); };
  for (const match of text.matchAll(command)) {
    say(text.slice(end, match.index));
    parts.push(h('code', {}, match[1]), ' ', h('button', { type: 'button', class: 'small', 'data-copy': match[1], 'aria-label': `Copy ${match[1]}` }, 'Copy'));
    end = match.index + match[0].length;
  }
  say(text.slice(end));
  return parts;
}

const action = (path, act, words) => [' ', h('form', { method: 'post', action: path, 'data-act': act }, h('button', { class: 'small primary' }, words))];

const row = (concern, ...children) => h('li', { class: 'trouble', 'data-value': concern }, icon(concern), h('div', {}, ...children));

const trouble = (t) => row(concernOf(t),
  h('p', { class: 'what' }, h('bdi', {}, t.what), ...(t.since ? [' ', h('span', { class: 'since' }, 'since ', time(t.since))] : [])),
  h('div', { class: 'do' }, h('span', { class: 'label' }, 'Do this'), ' ', h('span', { class: 'how' }, ...remedyOf(t.remedy)),
    ...(t.remedy.includes('holdfast circuit close') ? action('/api/v1/circuit/close', 'close', 'Close the circuit') : []),
    ...(t.kind === 'dead_letters' ? action('/api/v1/failures/retry?dead=yes', 'retry-all', 'Retry them all') : [])),
  h('p', { class: 'risk' }, h('span', { class: 'label' }, 'At risk'), ' ', h('bdi', {}, t.at_risk)));

const change = (c) => h('tr', {}, h('td', {}, time(c.at)),
  h('td', {}, h('span', { class: 'mark', 'data-value': c.state }, icon(c.state), c.state)),
  h('td', {}, h('b', {}, c.reason), ' ', h('bdi', {}, c.message)));

const companion = (c) => h('tr', {}, h('td', {}, h('bdi', {}, c.host), ' ', h('span', { class: 'quiet' }, c.version ?? '')),
  h('td', {}, [c.state, c.archive].filter(Boolean).join(', ')), h('td', {}, c.beat_at ? time(c.beat_at) : ''), h('td', {}, count(c.leases)));

/** `3 of 1,000`; a limit of 0 is none. */
const share = (used, limit, words) => (limit ? `${words(used)} of ${words(limit)}` : words(used));

let told = null;

/** A screen reader hears the sentence when the situation changes, not whenever an age in it ticks. */
function announce(status) {
  const situation = JSON.stringify([status.service_status, status.level, status.circuit.state, status.troubles.map((t) => t.kind)]);
  if (told !== null && told !== situation) setText(byId('announce'), status.sentence);
  told = situation;
}

export function show(status) {
  setClock(status.observed_at);
  latest = status;
  const tone = toneOf(status);
  const { counts, due_now: dueNow, later } = status.schedule;
  const anyDue = dueNow + later + counts.reduce((a, b) => a + b, 0) > 0;
  // The API says 'none' where the page says that nothing is configured.
  const model = status.llm_status.provider === 'none' ? { ...status.llm_status, provider: null } : status.llm_status;
  fill(document, { ...status, llm_status: model, files_only: status.source === 'files', any_due: anyDue });

  document.documentElement.dataset.tone = tone;
  const isNew = status.source === 'redis' && !status.sessions.recorded && !status.queue_status.last_captured && !status.archive.episodes;
  document.documentElement.toggleAttribute('data-new', isNew);
  document.documentElement.toggleAttribute('data-away', status.source === 'files');
  document.title = `${status.service_status} · Holdfast on ${status.host}`;
  announce(status);

  const queue = status.queue_status;
  // Those tried again, worked on and dead take room as well as those that wait.
  const held = queue.scheduled + queue.processing + queue.dead;
  byId('queue-bar').setAttribute('width', `${queue.limit ? Math.min(100, (100 * held) / queue.limit) : 0}%`);
  setText(byId('queue-held'), share(held, queue.limit, count));
  const { seconds_low: low, seconds_high: high } = status.saved;
  setText(byId('saved-seconds'), `${count(low)} to ${count(high)} s`);
  const { tokens_today: tokens, daily_token_budget: budget } = status.budget;
  setText(byId('tokens'), share(tokens, budget, count));
  const { available, memory_bytes: used, memory_limit_bytes: limit } = status.redis;
  setText(byId('redis-memory'), available && used != null ? share(used, limit, bytes) : 'not known');
  setText(byId('spool'), share(status.capture.spool_bytes, status.capture.spool_limit_bytes, bytes));

  if (status.troubles.length) redraw('troubles', status.troubles, trouble);
  else redraw('troubles', [status.sentence], (sentence) => row(tone, h('p', { class: 'what' }, h('bdi', {}, sentence))));
  setText(byId('failed-count'), count(status.retry_queue.count + queue.dead));
  redraw('changes', status.circuit_history, change);
  redraw('companions', status.companions, companion);
  band(byId('band'), status);
  due(status.schedule);
  if (status.ledger) ledger(byId('ledger-bar'), status.ledger);
}
