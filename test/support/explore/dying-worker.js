/** The entry of a thread that does not come back. */
export function explore() {
  process.exit(3);
}
