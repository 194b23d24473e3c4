/** Natural-log units of information. */
export type Nats = number;
/** A share between 0 and 1. Percent exists only in rendering. */
export type Fraction = number;
export type Bytes = number;
export type Tokens = number;
export type Milliseconds = number;
export type Seconds = number;
