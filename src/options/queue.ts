/** `--queue redis://host:6379`: where workers of other machines are met. */
import { text, whole } from './fields.ts';
import { option } from './option.ts';

const address = text('the address of a Redis, such as redis://host:6379');

/** Of the verb that hands units out. */
export const QUEUE_OPTIONS = {
  queue: option(
    address,
    'have bench worker compute the units, on any number of machines, over this Redis (docs/scale.md)',
    null,
    'this process computes',
  ),
  queueLock: option(
    whole(1, 3600),
    'with --queue: a worker that has not answered for so many seconds loses its unit to another',
    30,
  ),
};

/** Of verbs that need one. */
export const requiredQueue = option(
  address,
  'Redis that bench run --queue names; BENCH_QUEUE_USER and BENCH_QUEUE_PASSWORD hold its credentials',
);
