/** Elements with text. Text is put in as text: nothing here reads markup. */
import { wellFormed } from '../items/filter-items.ts';

export type Child = Node | string | null | undefined | false | readonly Child[];

export interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly role?: string;
  readonly tabindex?: number;
  readonly scope?: string;
  readonly href?: string;
  readonly title?: string;
  readonly type?: string;
  readonly label?: string;
}

/** An element as `tag.class.class`, with its attributes where it has any, and what is in it. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  selector: Name | `${Name}.${string}`,
  ...[first, ...rest]: readonly (Attributes | Child)[]
): HTMLElementTagNameMap[Name] {
  const [name = '', ...classes] = selector.split('.');
  const element = document.createElement(name as Name);
  if (classes.length > 0) element.className = classes.join(' ');
  const attributes = isChild(first) ? {} : first;
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key === 'label' ? 'aria-label' : key, visible(String(value)));
  }
  element.append(...nodes((isChild(first) ? [first, ...rest] : rest) as readonly Child[]));
  return element;
}

const isChild = (part: Attributes | Child | undefined): part is Child | undefined =>
  typeof part !== 'object' || part === null || part instanceof Node || Array.isArray(part);

function nodes(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === null || child === undefined || child === false) return [];
    if (typeof child === 'string') return [visible(child)];
    return child instanceof Node ? [child] : nodes(child);
  });
}

/** Control characters as their pictures, and halves of surrogate pairs as U+FFFD, so that nothing hides. */
export function visible(text: string): string {
  return wellFormed(text).replaceAll(/(?![\t\n])[\p{Cc}\u2028\u2029]/gu, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code > 0x2000) return '\u21b5\n';
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** A row of a table under a heading of its own. */
export const headedRow = (head: string, ...cells: readonly Child[]): HTMLElement =>
  el('tr', el('th', { scope: 'row' }, head), ...cells);

/** What scrolls sideways inside itself, and the keyboard reaches. */
export const scrolling = (label: string, table: HTMLElement): HTMLElement =>
  el('div.scroll', { tabindex: 0, role: 'region', label }, table);

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError(`no element ${id}`);
  return element;
}

/** A model's short name, with the whole one on demand. */
export const nameOf = ({ name, shown }: { readonly name: string; readonly shown: string }): HTMLElement =>
  el('bdi', name === shown ? {} : { title: name }, shown);

export const letter = (at: number): string => (at < 26 ? String.fromCharCode(65 + at) : String(at + 1));

/** Four significant digits, with a real minus. */
export function number(x: number, digits = 4): string {
  return Number(x.toPrecision(digits))
    .toLocaleString('en', { maximumSignificantDigits: digits })
    .replace('-', '\u2212');
}

/** How long it says that it copied, in milliseconds. */
const TOLD = 1500;

/** @param what for readers who do not see what it stands beside */
export function copyButton(text: () => string, what: string): HTMLButtonElement {
  const button = el('button.copy', { type: 'button', label: `Copy ${what}` }, 'Copy');
  const tell = (word: string) => {
    button.textContent = word;
    window.setTimeout(() => {
      button.textContent = 'Copy';
    }, TOLD);
  };
  button.addEventListener('click', () => {
    copyText(text()).then(
      () => tell('Copied'),
      () => tell('Not allowed'),
    );
  });
  return button;
}

/** Beside every command of the page that makes a run again. */
export function addCopyButtons(): void {
  for (const command of document.querySelectorAll('#provenance .inside > pre')) {
    command.before(copyButton(() => command.textContent ?? '', 'the command'));
  }
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  throw new TypeError('no clipboard');
}
