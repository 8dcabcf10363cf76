import * as v from 'valibot';
import { decoded } from '../../../streams/schemas.ts';
import { parseJson } from '../../../streams/json.ts';

/**
 * What passes over the control socket: one JSON object a line. The monitor answers a request with one line or, as long
 * as what was asked for is under way, with several, of which the last has an outcome.
 */
const gateway = v.optional(v.pipe(v.string(), v.maxLength(200)));

const requestSchema = v.variant('ask', [
  v.object({ ask: v.literal('status') }),
  v.object({ ask: v.picklist(['reconnect', 'recover', 'resume']), gateway }),
  v.object({ ask: v.literal('pause'), gateway, seconds: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
]);

const replySchema = v.object({
  /** What the monitor says about it, in sentences. */
  said: v.optional(v.array(v.string()), []),
  /** The answer to `status`, of the form that `docs/status.schema.json` describes. */
  status: v.optional(v.record(v.string(), v.unknown())),
  /** Absent: more follows. `refused`: nothing was begun. */
  outcome: v.optional(v.picklist(['done', 'failed', 'refused'])),
});

export type Request = v.InferOutput<typeof requestSchema>;
export type Reply = v.InferOutput<typeof replySchema>;

/** Far longer than any request. */
export const LONGEST_REQUEST = 4_096;

/** Undefined: it is none. */
export const readRequest = (line: string): Request | undefined => decoded(requestSchema, parseJson(line));
export const readReply = (line: string): Reply | undefined => decoded(replySchema, parseJson(line));
export const lineOfJson = (message: Request | Reply): string => `${JSON.stringify(message)}\n`;
