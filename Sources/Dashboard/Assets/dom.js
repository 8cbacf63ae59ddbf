// Elements from values. Text only ever enters through text nodes.
import { ago, format, setText, visible } from './text.js';

const drawn = new Set(['svg', 'rect', 'use', 'title', 'g']);

export function h(tag, attributes = {}, ...children) {
  const element = drawn.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children.flat()) if (child != null) element.append(child instanceof Node ? child : visible(child));
  return element;
}

export const icon = (name) => h('svg', { class: 'icon', 'aria-hidden': 'true' }, h('use', { href: `#i-${name}` }));
export const time = (iso) => h('time', { datetime: iso, title: iso }, ago(iso));

const at = (path, data) => path.split('.').reduce((value, name) => value?.[name], data);
const holds = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const woven = (pattern, data, encode) => pattern.replace(/\{(\w+)\}/g, (_, path) => encode(at(path, data) ?? ''));

function bind(element, data) {
  const value = at(element.dataset.bind, data);
  if (value == null || value === '') return setText(element, element.dataset.empty ?? '');
  if (element.dataset.as !== 'time') return setText(element, format(value, element.dataset.as));
  if (element.firstElementChild?.getAttribute('datetime') !== value) element.replaceChildren(time(value));
}

const binders = {
  bind,
  mark: (element, data) => { element.dataset.value = at(element.dataset.mark, data); },
  icon: (element, data) => element.setAttribute('href', `#i-${at(element.dataset.icon, data)}`),
  when: (element, data) => {
    const path = element.dataset.when;
    element.hidden = path.startsWith('!') ? holds(at(path.slice(1), data)) : !holds(at(path, data));
  },
  path: (element, data) => element.setAttribute(element.tagName === 'FORM' ? 'action' : 'href', woven(element.dataset.path, data, encodeURIComponent)),
  attr: (element, data) => {
    const [name, pattern] = element.dataset.attr.split(/=(.*)/s);
    element.setAttribute(name, visible(woven(pattern, data, String)));
  },
  label: (element, data) => element.setAttribute('aria-label', `${element.dataset.label} ${format(data.episode_id, 'short')}`),
};

/** Writes data into every element under root that names a part of it. */
export function fill(root, data) {
  for (const [name, write] of Object.entries(binders)) {
    for (const element of root.querySelectorAll(`[data-${name}]`)) write(element, data);
  }
}

/** A filled copy of a row's template, without its bindings: they name parts of the row, not of the status. */
export function stamp(template, item) {
  const row = template.content.firstElementChild.cloneNode(true);
  const holder = h('div', {}, row);
  fill(holder, item);
  for (const element of holder.querySelectorAll('*')) for (const name of Object.keys(binders)) delete element.dataset[name];
  return row;
}
