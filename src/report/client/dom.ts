/** Elements with text. Text is put in as text: nothing here reads markup. */
import { wellFormed } from '../items/filter-items.ts';

export type Child = Node | string | null | false | readonly Child[];

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
  readonly colspan?: number;
}

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key === 'label' ? 'aria-label' : key, visible(String(value)));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === null || child === false) return [];
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
