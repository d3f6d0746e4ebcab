/** What the measured sessions hold: one number, which rows read and count up, beside nested data. */
export interface BenchSession {
  visits: number;
  name: string;
  locale: string;
  cart: CartItem[];
  note: string;
}

interface CartItem {
  readonly sku: string;
  readonly quantity: number;
  readonly price?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
}

/** The sizes of the table: bytes of JSON. */
export const SIZES = { S: 100, M: 1000, L: 2750 } as const;
export type Size = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as Size[];

/** A session whose JSON has exactly that many bytes; always the same one, and a new object each time. */
export function sessionOf(size: Size): BenchSession {
  const bytes = SIZES[size];
  const session: BenchSession = { visits: 7, name: "Ada", locale: "en-GB", cart: [], note: "" };
  while (bytesOf(session) <= bytes) {
    const index = session.cart.length;
    session.cart.push(size === "S" ? { sku: `A-${1000 + index}`, quantity: 1 } : itemOf(index));
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

function itemOf(index: number): CartItem {
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
