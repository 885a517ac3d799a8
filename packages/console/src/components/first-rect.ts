/** Of the height of the window, about what a list takes that fills the page. */
const SHARE = 0.6;

/**
 * About the place that a list is seen in, until it has been measured. Its rows are then in the first picture, which would
 * else be laid out once without them.
 */
export function firstRect() {
  return { width: innerWidth, height: innerHeight * SHARE };
}
