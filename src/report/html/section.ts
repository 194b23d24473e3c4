/** A part of the page: what a pure function makes of its view model. Adding one to the page is adding it to a list. */
import { type NamedModel, shortNames } from '../terminal/model-names.ts';
import { type Html, html } from './html.ts';

export interface Section {
  /** Anchor; unique on the page. */
  readonly id: string;
  /** Heading and entry in the contents. */
  readonly title: string;
  /** What it holds, in a line beside the heading. Absent: it is always open and cannot be folded. */
  readonly gist?: string;
  /** Folded when the page opens, as what is long is; `isLong`. */
  readonly isFolded?: boolean;
  readonly html: Html;
  /** Rules that only this section needs; they go behind the page's own. */
  readonly style?: string;
  /** The project's own scripts, classic, run once at the end of the page. The Content-Security-Policy names their digests. */
  readonly scripts?: readonly string[];
  /** Read by the scripts from `<script type="application/json" id="…">`. */
  readonly data?: readonly { readonly id: string; readonly value: unknown }[];
}

/** Rows that a section may have and still be open when the page opens. */
const OPEN_ROWS = 16;

export const isLong = (rows: number): boolean => rows > OPEN_ROWS;

/** `1 row`, `12 rows`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** `3 better, 1 worse`: how often each word comes, in the order in which they first do. */
export function tally(words: readonly string[]): string {
  return [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} ${word}`).join(', ');
}

/** A model's name as markup; its direction of writing stays its own, and long ones wrap. */
export type WriteName = (name: string) => Html;

/** Where there is nothing to tell names apart from. */
export const wholeName: WriteName = (name) => html`<bdi>${name}</bdi>`;

/** @param models all of the page, for names must tell them apart */
export function nameWriter(models: readonly NamedModel[]): WriteName {
  const short = shortNames(models);
  return (name) => {
    const shown = short.get(name) ?? name;
    return shown === name ? wholeName(name) : html`<bdi title="${name}">${shown}</bdi>`;
  };
}
