// How a value becomes text. The server formats by the same rules, so nothing jumps when the first event arrives.

// Characters that steer a terminal or turn the direction of writing are shown, never obeyed.
const steering = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

// What would grow together with a quote or a bracket is shown apart from it, as the server does.
const grown = /(?<=["'<>&])[\p{M}\u200C\u200D]/gu;
const number = (c) => `\\u{${c.codePointAt(0).toString(16).toUpperCase()}}`;

export const visible = (text) =>
  String(text).replace(/\r\n/g, '\n').replace(steering, number).replace(grown, number);

export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

export function duration(seconds) {
  const s = Math.max(0, seconds);
  if (s < 0.01) return `${(s * 1000).toFixed(1)} ms`;
  if (s < 1) return `${Math.floor(s * 1000)} ms`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} h`;
  return `${count(Math.floor(s / 86400))} d`;
}

export function bytes(n) {
  for (const [unit, size] of [['TB', 1e12], ['GB', 1e9], ['MB', 1e6], ['kB', 1e3]]) {
    if (n >= size) return `${(n / size).toFixed(1)} ${unit}`;
  }
  return `${n} bytes`;
}

// The server's clock counts: the browser may run elsewhere, behind a forwarded port.
let skew = 0;
export const setClock = (iso) => { skew = Date.parse(iso) - Date.now(); };
export const now = () => Date.now() + skew;

export function ago(iso) {
  const seconds = Math.trunc((now() - Date.parse(iso)) / 1000);
  const text = seconds === 0 ? '0 s' : duration(Math.abs(seconds));
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

const circuits = { closed: 'closed', open: 'open', 'half-open': 'half-open', none: 'no provider' };

const formats = {
  count, duration, bytes,
  text: (v) => (typeof v === 'number' ? count(v) : v),
  circuit: (v) => circuits[v] ?? v,
  money: (v) => `$${v.toFixed(2)}`,
  short: (v) => v.slice(0, 12),
  brief: (v) => v.slice(0, 8),
};
export const format = (value, as = 'text') => visible(formats[as](value));

export function tick(root = document) {
  for (const time of root.querySelectorAll('time[datetime]')) setText(time, ago(time.dateTime));
}

// Setting the same text again would drop a selection and wake a screen reader.
export const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };
