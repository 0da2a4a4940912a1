// Signed tokens (compact JWS, ES256), read as strictly as the register itself reads them: one algorithm, one key found by its
// id, one type, one spelling. Nothing of it is sent anywhere.

/** The longest token that is looked at. */
export const LONGEST = 512 * 1024;
/** How many bytes a status list has, and how many entries. */
const LIST_BYTES = 16384;
export const LIST_LENGTH = LIST_BYTES * 8;
const HEADERS = ["alg", "cty", "kid", "typ"];
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The token is not one of ours as we write them. */
export class Refused extends Error {}
/** A published document is there, and is not what stands at its address. */
export class Unreadable extends Error {}

export const bytes = (text) => new TextEncoder().encode(text);
export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
/** The SHA-256 of a file as credentials write it: base64url multibase of a multihash. */
export const multibase = async (data) => `u${encode(Uint8Array.of(0x12, 0x20, ...(await sha256(data))))}`;

function encode(data) {
  let letters = "";
  for (const byte of data) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Base64url without padding in its one spelling (RFC 7515, section 2): bits that nobody reads have to be nought. */
export function decode(part) {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1) throw new Refused("not base64url");
  const letters = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  const data = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  if (encode(data) !== part) throw new Refused("another spelling");
  return data;
}

/**
 * Whether an object in this JSON, which was parsed already, has a name twice. JSON.parse takes the last of two equal names without a word, and
 * another reader may take the first. To compare lengths after writing it anew would refuse what is signed with spaces in it, so
 * the names are counted where they stand.
 */
function hasTwice(written) {
  const open = []; // the names of each object that is open, null for a list
  let text = "";
  for (const [sign] of written.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/gs)) {
    if (sign === "{") open.push(new Set());
    else if (sign === "[") open.push(null);
    else if (sign === "}" || sign === "]") open.pop();
    else if (sign !== ":") text = sign;
    else if (open.at(-1).size === open.at(-1).add(JSON.parse(text)).size) return true;
  }
  return false;
}

/** A JSON object without a name that stands twice in it. */
export function object(data) {
  let written, found;
  try {
    written = UTF8.decode(data);
    found = JSON.parse(written);
  } catch {
    throw new Refused("not JSON");
  }
  if (found === null || typeof found !== "object" || Array.isArray(found)) throw new Refused("not an object");
  if (hasTwice(written)) throw new Refused("a name stands twice");
  return found;
}

function partsOf(token) {
  const parts = token.length <= LONGEST ? token.split(".") : [];
  if (parts.length !== 3 || !parts.every(Boolean)) throw new Refused("not three parts");
  return parts;
}

/** What the token says of itself, believed by nobody yet. */
export function headerOf(token) {
  const header = object(decode(partsOf(token)[0]));
  const names = Object.keys(header);
  const ours = names.every((name) => HEADERS.includes(name) && typeof header[name] === "string");
  if (!ours || !["alg", "kid", "typ"].every((name) => names.includes(name))) throw new Refused("another header");
  if (header.alg !== "ES256") throw new Refused("another algorithm");
  return header;
}

/** What a token says that is signed by one of these keys, found by its id; Refused for everything else. */
export async function verify(token, keys, typ) {
  const [head, body, signature] = partsOf(token);
  const header = headerOf(token);
  const key = keys.get(header.kid);
  if (header.typ !== typ || !key) throw new Refused("another type, or another key");
  const [raw, said] = [decode(signature), decode(body)];
  if (raw.length !== 64) throw new Refused("the signature has not 64 bytes");
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  if (!(await crypto.subtle.verify(algorithm, key, raw, bytes(`${head}.${body}`)))) throw new Refused("false");
  return object(said);
}

/** The two parts of the id of a key: whose it is, and the thumbprint. */
export function halves(kid) {
  const at = kid.indexOf("#");
  return at < 0 ? [kid, ""] : [kid.slice(0, at), kid.slice(at + 1)];
}

/** The thumbprint of a P-256 key (RFC 7638). */
const thumbprint = async ({ x, y }) => encode(await sha256(bytes(JSON.stringify({ crv: "P-256", kty: "EC", x, y }))));

/** The key of that id in a DID document, and from when on nothing it signed may be believed; null when it names none, Unreadable when it is no such document. */
export async function signerIn(document, kid) {
  const [did, name] = halves(kid);
  try {
    const said = JSON.parse(UTF8.decode(document));
    const found = said.verificationMethod.filter((one) => one.id === kid);
    if (said.id !== did || found.length > 1 || found.some((one) => one.controller !== did)) throw new Unreadable();
    if (!found.length) return null;
    const { kty, crv, x, y } = found[0].publicKeyJwk;
    if (kty !== "EC" || crv !== "P-256" || (await thumbprint({ x, y })) !== name) throw new Unreadable();
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, false, ["verify"]);
    return { keys: new Map([[kid, key]]), revoked: momentIn(found[0].revoked) };
  } catch {
    throw new Unreadable();
  }
}

function momentIn(said) {
  if (said === undefined || said === null) return null;
  const found = new Date(said);
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(said) || Number.isNaN(found.getTime())) throw new Unreadable();
  return found;
}

/** The bits of a status list (Bitstring Status List 1.0, section 3.3), and never more bytes than a list has. */
export async function unpack(encoded) {
  if (!encoded.startsWith("u")) throw new Refused("not multibase");
  const packed = new Blob([decode(encoded.slice(1))]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  const bits = new Uint8Array(LIST_BYTES);
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (size + read.value.length > LIST_BYTES) {
      await reader.cancel();
      throw new Refused("a list that is too long");
    }
    bits.set(read.value, size);
    size += read.value.length;
  }
  if (size !== LIST_BYTES) throw new Refused("a list that is too short");
  return bits;
}
