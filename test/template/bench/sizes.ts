/** The data of the measured sessions: one number, which rows read and increment, and nested data. */
export interface BenchSession {
  visits: number;
  name: string;
  locale: string;
  cart: CartItem[];
  note: string;
}

interface CartItem {
  readonly sku?: string;
  readonly quantity?: number;
  readonly price?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly options?: CartOptions;
}

/** Nested objects for the nested payloads. */
interface CartOptions {
  readonly size: { readonly eu: number; readonly fit?: { readonly chest: number; readonly length: number } };
  readonly gift?: { readonly wrap: { readonly colour: string; readonly card: readonly [string, string] } };
}

/** The sizes of the table, in bytes of JSON. */
export const SIZES = { S: 100, M: 1000, L: 2750 } as const;
export type Size = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as Size[];

/** The payloads of the cookie rows: the sizes, and the same sizes with objects five levels deep. */
export const PAYLOADS = ["S", "M", "L", "S nested", "M nested", "L nested"] as const;
export type Payload = (typeof PAYLOADS)[number];

/** Returns a session whose JSON has exactly that many bytes. Its data is always the same, in a new object. */
export function sessionOf(payload: Payload): BenchSession {
  const [size, shape] = payload.split(" ") as [Size, string?];
  const bytes = SIZES[size];
  const session: BenchSession = { visits: 7, name: "Ada", locale: "en-GB", cart: [], note: "" };
  while (bytesOf(session) <= bytes) {
    const index = session.cart.length;
    session.cart.push(itemOf(index, size, shape === "nested"));
  }
  session.cart.pop();
  session.note = "leave it at the door, please; ".repeat(10).slice(0, bytes - bytesOf(session));
  return session;
}

const COLOURS = ["blue", "red", "green", "grey", "black"];
const THINGS = [
  "cotton shirt",
  "wool jumper",
  "rain coat",
  "pair of socks",
  "straw hat",
  "leather belt",
  "scarf",
];
const TAGS = ["sale", "new", "gift", "fragile"];

function itemOf(index: number, size: Size, isNested: boolean): CartItem {
  if (size === "S") return isNested ? { options: { size: { eu: 40 } } } : smallItemOf(index);
  return isNested ? { ...wholeItemOf(index), options: optionsOf(index) } : wholeItemOf(index);
}

function smallItemOf(index: number): CartItem {
  return { sku: `A-${1000 + index}`, quantity: 1 };
}

function optionsOf(index: number): CartOptions {
  const size = { eu: 36 + (index % 10), fit: { chest: 90 + index, length: 70 } };
  return {
    size,
    gift: { wrap: { colour: COLOURS[index % COLOURS.length] ?? "", card: ["to Ada", "love"] } },
  };
}

function wholeItemOf(index: number): CartItem {
  return {
    sku: `${String.fromCharCode(65 + (index % 26))}-${(index * 7919 + 1009) % 100003}`,
    quantity: (index % 3) + 1,
    price: `${(index * 1171) % 90}.${((index * 37) % 90) + 10}`,
    title: `${COLOURS[index % COLOURS.length]} ${THINGS[(index * 3) % THINGS.length]}`,
    tags: TAGS.filter((_, tag) => (index >> tag) % 2 === 1),
  };
}

function bytesOf(session: BenchSession): number {
  return Buffer.byteLength(JSON.stringify(session));
}
