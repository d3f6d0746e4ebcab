/** Returns the date of a time in seconds since the epoch, or `undefined` without a time. */
export function toDate(seconds: number): Date;
export function toDate(seconds: number | undefined): Date | undefined;
export function toDate(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
