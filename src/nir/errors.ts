import { NirError } from '../errors.js'

/** A prompt template cannot be read, or lacks what it needs. */
export class PromptError extends NirError {}
