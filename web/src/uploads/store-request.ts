/** Sends bytes to an object store. XMLHttpRequest, since `fetch` tells nothing of what has gone out. */
import { AddressRefused, Refused, TransientFailure } from "@/uploads/failures";
import { uploads } from "@/text/uploads";
import type { Address } from "@/uploads/transport";

/** Without a byte going out or an answer coming in for so long, a connection counts as dead. */
const STALL_MS = 90_000;
/** What stores answer to an address whose time is over, or where an earlier request has left something. */
const REFUSED_ADDRESS = new Set([400, 401, 403, 409, 412]);

/** Signed with the rest, and refused to scripts because browsers send them by themselves. */
const SET_BY_BROWSER = new Set(["host", "content-length"]);

/** Return an ETag without its quotes, which some answers have and others not. */
export function bareETag(etag: string): string {
  return etag.replaceAll('"', "");
}

/** Send `body` with exactly the address's headers and return the ETag, if the store shows it. Fails with the classes of `failures.ts`. */
export function sendToStore(
  address: Address,
  body: Blob,
  signal: AbortSignal,
  onProgress: (sent: number) => void,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let watchdog = 0;
    const settle = (finish: () => void) => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      finish();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const stop = () => request.abort();
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = window.setTimeout(() => {
        fail(new TransientFailure(uploads.stalled));
        request.abort();
      }, STALL_MS);
    };

    request.upload.onprogress = (event) => {
      watch();
      onProgress(event.loaded);
    };
    request.onload = () => {
      const failure = failureOf(request);
      if (failure === null) settle(() => resolve(etagOf(request)));
      else fail(failure);
    };
    request.onerror = () => fail(new TransientFailure(uploads.storeUnreachable));
    request.onabort = () => fail(signal.aborted ? (signal.reason as Error) : new TransientFailure(uploads.storeUnreachable));

    signal.addEventListener("abort", stop, { once: true });
    request.open(address.method, address.url);
    for (const [name, value] of Object.entries(address.headers)) {
      if (!SET_BY_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    watch();
    request.send(body);
  });
}

function failureOf(request: XMLHttpRequest): Error | null {
  const { status } = request;
  if (status >= 200 && status < 300) return null;
  if (REFUSED_ADDRESS.has(status)) return new AddressRefused(uploads.storeRefused(status));
  if (status === 408 || status === 429 || status >= 500) {
    return new TransientFailure(uploads.storeRefused(status), retryAfter(request));
  }
  return new Refused(uploads.storeRefused(status));
}

function retryAfter(request: XMLHttpRequest): number | null {
  const seconds = Number(header(request, "retry-after") ?? "no");
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

function etagOf(request: XMLHttpRequest): string | null {
  const etag = header(request, "etag");
  return etag === null ? null : bareETag(etag);
}

/** A store on another origin may keep a header to itself, and asking for that one is an error in the console. */
function header(request: XMLHttpRequest, name: string): string | null {
  for (const line of request.getAllResponseHeaders().split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return null;
}
