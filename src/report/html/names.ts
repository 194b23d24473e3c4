/** Names of models on the page: short, with the whole one on demand. */
import { type NamedModel, shortNames } from '../terminal/short-names.ts';
import { type Html, html } from './html.ts';

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
