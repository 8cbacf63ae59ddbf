// Listens to the server's events and always knows what to say about the connection.
const staleAfter = 20_000; // the server speaks at least every 15 s
const waits = [1, 2, 4, 8, 15];

export function listen({ status, change, state }) {
  let heard = Date.now();
  let lost = null;
  let tries = 0;
  let source;

  function open() {
    source = new EventSource('/api/v1/events');
    source.addEventListener('status', (event) => {
      const again = lost !== null;
      heard = Date.now();
      [lost, tries] = [null, 0];
      status(JSON.parse(event.data), again);
      state('live');
    });
    source.addEventListener('change', (event) => {
      heard = Date.now();
      change(JSON.parse(event.data));
    });
    source.addEventListener('error', failed);
  }

  async function failed() {
    lost ??= Date.now();
    state('disconnected', lost);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself, and knows the last event
    const code = await fetch('/api/v1/status', { signal: AbortSignal.timeout(5000) }).then((r) => r.status, () => 0);
    if (code === 401 || code === 403) return state('signed-out');
    setTimeout(open, waits[Math.min(tries++, waits.length - 1)] * 1000);
  }

  state('connecting');
  open();
  setInterval(() => { if (lost === null && Date.now() - heard > staleAfter) state('stale', heard); }, 1000);
}

const words = {
  off: () => ['', ''],
  connecting: () => ['connecting', ''],
  live: () => ['live', ''],
  stale: (since) => ['stale', `No word from Holdfast since ${clock(since)}. What you see may be out of date.`],
  disconnected: (since) => ['disconnected', `The connection was lost at ${clock(since)}; trying again. What you see is from before. If this stays, run: holdfast status`],
  'signed-out': () => ['signed out', 'The token is no longer accepted. Run holdfast dashboard to open this page again.'],
};
const clock = (ms) => new Date(ms).toTimeString().slice(0, 8);

/** Shows the state of the connection in a word, and as an alarm when what is seen may not be true any more. */
export function show(state, since) {
  const [word, alarm] = words[state](since);
  const live = document.getElementById('live');
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  document.getElementById('live-word').textContent = word;
  const box = document.getElementById('alarm');
  box.hidden = !alarm;
  box.textContent = alarm;
}
