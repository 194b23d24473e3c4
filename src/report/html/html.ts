/**
 * HTML by tagged template. Whatever is put into a template is text and is escaped, unless a template (or `trusted`) made
 * it: forgetting to escape is not possible, only asking not to. Attributes must be quoted; the tag refuses others.
 */

/** Markup, as opposed to text. Made here only. */
export class Html {
  readonly #markup: string;
  constructor(markup: string, key: typeof MAKER) {
    if (key !== MAKER) throw new TypeError('Html: markup is made by the html template only');
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

const MAKER = Symbol('html template');

/** What a template takes; null and false leave nothing, a list its members one after the other. */
export type Part = Html | string | number | null | false | readonly Part[];

/**
 * Markup of a template's own words, with every part escaped.
 *
 * @throws TypeError on a part that stands in an unquoted attribute, where escaping protects nothing
 */
export function html(words: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = words[0] as string;
  parts.forEach((part, index) => {
    const own = words.slice(0, index + 1).join('');
    if (/=\s*$/.test(own) && insideTag(own)) throw new TypeError(`html: unquoted attribute: …${own.slice(-40)}`);
    markup += toMarkup(part) + (words[index + 1] as string);
  });
  return new Html(markup, MAKER);
}

/** Text that is markup already. For the project's own constants (style sheet, scripts), never for data. */
export const trusted = (markup: string): Html => new Html(markup, MAKER);

/** Any value as JSON inside a `<script>` of a data type: no character in it can end the element or begin a comment. */
export function jsonForScript(value: unknown): Html {
  const json = JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return new Html(json, MAKER);
}

/** Text for element content and quoted attributes. Characters that a document cannot hold become U+FFFD. */
export function escapeText(text: string): string {
  return text.replaceAll(FORBIDDEN, '\ufffd').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters other than tab and line ends, noncharacters, and halves of surrogate pairs. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Noncharacter_Code_Point}\p{Cs}]/gu;

function toMarkup(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(toMarkup).join('');
  return escapeText(String(part));
}

/** Is the end of the markup inside a tag, outside quotes? */
function insideTag(markup: string): boolean {
  const tag = markup.slice(markup.lastIndexOf('<') + 1);
  return !tag.replaceAll(/"[^"]*"|'[^']*'/g, '').includes('>');
}
