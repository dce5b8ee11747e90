import { NirError } from '../errors.js'

/** A prompt template cannot be read, or lacks what it needs. */
export class PromptError extends NirError {}

/** No depth can be chosen: no candidates, an unknown criterion, or a score that is not a number. */
export class ChoiceError extends NirError {}
