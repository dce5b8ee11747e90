import { NirError } from '../../errors.js'

/**
 * A queue cannot be used. `code` is one of `REDIS_URL_INVALID`, `REDIS_UNREACHABLE`, `REDIS_FAILED`, `NO_STUDY_FITS`,
 * `QUEUE_IN_USE`, `WORKER_BROKEN`. Messages hold no secret.
 */
export class QueueError extends NirError {}
