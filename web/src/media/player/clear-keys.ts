/** Decrypting by the browser's own decoder, with keys that came over HTTP (W3C Encrypted Media Extensions, Clear Key). */

const SYSTEM = "org.w3.clearkey";

/** What the decoder asks for. */
interface KeyQuestion {
  kids: string[];
}

/** The browser has no decoder of this kind, or not at an address without HTTPS. */
export class KeysRefusedError extends Error {}

/** Let the element play what is encrypted with the one key of a stream. Rejects with `KeysRefusedError`. */
export async function allowKeys(video: HTMLMediaElement, key: Promise<Uint8Array>, signal: AbortSignal): Promise<void> {
  const keys = await newKeys();
  video.addEventListener("encrypted", ({ initDataType, initData }) => initData && void open(keys, initDataType, initData, key), { signal });
  await video.setMediaKeys(keys);
}

async function newKeys(): Promise<MediaKeys> {
  // Without HTTPS the function is not there, whatever the types say.
  if (!("requestMediaKeySystemAccess" in navigator)) throw new KeysRefusedError();
  try {
    const robustness = [{ contentType: 'video/mp4; codecs="avc1.42E01E"', encryptionScheme: "cbcs" }];
    const access = await navigator.requestMediaKeySystemAccess(SYSTEM, [{ initDataTypes: ["cenc"], videoCapabilities: robustness }]);
    return await access.createMediaKeys();
  } catch (error) {
    throw new KeysRefusedError("no decoder", { cause: error });
  }
}

async function open(keys: MediaKeys, type: string, data: ArrayBuffer, key: Promise<Uint8Array>): Promise<void> {
  const session = keys.createSession();
  session.addEventListener("message", ({ message }) => void answer(session, message, key));
  await session.generateRequest(type, data);
}

async function answer(session: MediaKeySession, message: ArrayBuffer, key: Promise<Uint8Array>): Promise<void> {
  const question = JSON.parse(new TextDecoder().decode(message)) as KeyQuestion; // the format of Clear Key (W3C EME, 9.1.3)
  await session.update(new TextEncoder().encode(keySet(question.kids, await key)));
}

/** A JSON Web Key Set that gives the key to all who are asked for. */
export function keySet(kids: readonly string[], key: Uint8Array): string {
  return JSON.stringify({ keys: kids.map((kid) => ({ kty: "oct", kid, k: base64url(key) })), type: "temporary" });
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
