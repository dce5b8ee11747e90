import { NirError } from '../errors.js'

/** A sweep was asked for something that cannot be run. */
export class SweepOptionError extends NirError {}
