/** What every task must do: `node --test tasks`. */
import { describe, it } from 'node:test';
import { testTask } from 'dlm-bench/testing';
import { capitals } from './capitals.mjs';

testTask(capitals, { describe, it });
