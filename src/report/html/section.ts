/** A part of the page: what a pure function makes of its view model. Adding one to the page is adding it to a list. */
import type { Html } from './html.ts';

export interface Section {
  /** Anchor; unique on the page. */
  readonly id: string;
  /** Heading and entry in the contents. */
  readonly title: string;
  readonly html: Html;
  /** The project's own scripts, classic, run once at the end of the page. The Content-Security-Policy names their digests. */
  readonly scripts?: readonly string[];
  /** Read by the scripts from `<script type="application/json" id="…">`. */
  readonly data?: readonly { readonly id: string; readonly value: unknown }[];
}
