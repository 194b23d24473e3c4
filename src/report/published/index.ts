/** Every published table that reports compare with, in the order of the article. */
import { TABLE_2, TABLE_3, TABLE_5, TABLE_7, TABLE_8, TABLE_9, TABLE_10, TABLE_11 } from './further-tables.ts';
import type { PublishedTable } from './table.ts';
import { TABLE_1_FIRST, TABLE_1_LATER } from './table-1.ts';

export const PUBLISHED_TABLES: readonly PublishedTable[] = [
  TABLE_1_LATER,
  TABLE_1_FIRST,
  TABLE_2,
  TABLE_3,
  TABLE_5,
  TABLE_7,
  TABLE_8,
  TABLE_9,
  TABLE_10,
  TABLE_11,
];
