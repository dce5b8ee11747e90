/** Level of the tests: a Holm-adjusted p below this is called a difference. */
export const SIGNIFICANCE = 0.05

/** Power for which the smallest effect that could have been shown is given: the customary 80 %. */
export const POWER = 0.8
