// Makes the page live. It reads well without this; each module adds to what the server has drawn.
import { enableActions, enableHead } from './actions.js';
import { Events } from './events.js';
import { List } from './list.js';
import { listen, show as showConnection } from './live.js';
import { enableSearch } from './memory.js';
import { enableReading } from './reader.js';
import { showGroups } from './groups.js';
import { show as showStatus, withNext } from './status.js';
import { setClock, tick } from './text.js';

function live() {
  const announce = document.createElement('p');
  Object.assign(announce, { id: 'announce', className: 'visually-hidden' });
  announce.setAttribute('aria-live', 'polite');
  document.getElementById('main').prepend(announce);

  const sessions = new List('sessions', {
    path: '/api/v1/sessions?look=yes', rows: 'sessions', from: 'offset', next: 'next_offset',
    nothing: ({ search }) => (search ? 'No session has that in its key, ID, folder or words.' : 'No session is recorded yet.'),
  });
  const failures = new List('failures', {
    path: '/api/v1/failures', rows: 'failures', from: 'cursor', next: 'next_cursor',
    shape: withNext,
    beside: showGroups,
    nothing: (filter) => `Nothing failed in this time${filter.class || filter.key ? ' with that class and key' : ''}.`,
  });
  const events = new Events(document.getElementById('events'));
  enableActions(sessions);
  enableActions(failures);
  enableHead();
  enableReading();
  enableFolds();
  redrawActivity();
  enableSearch(document.getElementById('memory'));

  listen({
    state: showConnection,
    status(status, again) {
      showStatus(status);
      if (again) for (const stale of [sessions, failures]) stale.offer();
      if (again) events.reload();
    },
    change(event) {
      events.add(event);
      (event.scope === 'registry' ? sessions : failures).offer();
    },
  });
}

/** The chart is the server's drawing: read again now and then. */
function redrawActivity() {
  setInterval(async () => {
    const text = await fetch('/', { signal: AbortSignal.timeout(10000) }).then((r) => (r.ok ? r.text() : null), () => null);
    const fresh = text && new DOMParser().parseFromString(text, 'text/html').querySelector('#activity');
    const old = document.getElementById('activity');
    if (fresh && !old.matches(':focus-within') && !old.querySelector('details[open]')) old.replaceWith(fresh);
  }, 60_000);
}

/** A folded section opens where its place in the address is gone to. */
function enableFolds() {
  const open = () => { document.getElementById(location.hash.slice(1))?.closest('details.fold')?.setAttribute('open', ''); };
  addEventListener('hashchange', open);
  open();
}

/** Without the token there are no events to hear: the reduced page is read again from time to time. */
function poll() {
  setInterval(async () => {
    const text = await fetch('/', { signal: AbortSignal.timeout(10000) }).then((r) => (r.ok ? r.text() : null), () => null);
    if (text === null) return showConnection('disconnected', Date.now());
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    showConnection('off');
    document.documentElement.dataset.tone = fresh.documentElement.dataset.tone;
    document.documentElement.toggleAttribute('data-away', fresh.documentElement.hasAttribute('data-away'));
    document.title = fresh.title;
    for (const part of ['#head', '#flow', '#circuit', '.as-of']) document.querySelector(part).replaceWith(fresh.querySelector(part));
  }, 10_000);
}

document.documentElement.classList.add('js');
const asOf = document.querySelector('.as-of time');
// The server drew the page a moment ago: until the first event that moment is the best clock.
if (asOf) setClock(asOf.dateTime);
if (document.body.hasAttribute('data-full')) live(); else poll();
setInterval(tick, 1000, document);
