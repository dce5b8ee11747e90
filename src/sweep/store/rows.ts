/** A value of a column: lists of texts and maps of numbers are the only nested ones. */
export type Value = string | number | boolean | null
/** The values of a row, in the order of the table's columns. */
export type Row = readonly (Value | readonly string[] | Readonly<Record<string, number | null>>)[]
