/** Failures of a call, as one kind of error with a stable code. */
import type { ProblemDocument } from "@/api/types";

/** A call that the service refused, or that never reached it (`status` 0, code `offline`). */
export class Problem extends Error {
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.detail || document.title);
    this.name = "Problem";
    this.document = document;
  }

  get code(): string {
    return this.document.code;
  }

  get status(): number {
    return this.document.status;
  }

  /** Whether the same call may succeed when it is simply sent again later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function isProblemDocument(value: unknown): value is ProblemDocument {
  return typeof value === "object" && value !== null && "code" in value && "status" in value;
}

/** Reads the problem out of an answer, whatever its body is. */
export async function problemFromResponse(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => "");
  try {
    const body: unknown = JSON.parse(text);
    if (isProblemDocument(body)) return new Problem(body);
  } catch {
    // Not JSON: a proxy's page, described by its status alone below.
  }
  return new Problem({
    type: "about:blank",
    title: response.statusText || "Unexpected answer",
    status: response.status,
    detail: `The server answered ${response.status}${response.statusText ? ` ${response.statusText}` : ""}.`,
    code: response.status === 413 ? "too-large" : "unexpected-answer",
  });
}

export function offlineProblem(): Problem {
  return new Problem({
    type: "about:blank",
    title: "No connection",
    status: 0,
    detail: "Keyshelf cannot be reached. Check the connection and try again.",
    code: "offline",
  });
}

/** The sentence to show a person for any failure. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [first] = error instanceof Problem ? (error.document.errors ?? []) : [];
  const parts = first && !message.includes(first.detail) ? [message, first.detail] : [message];
  return parts.map(sentence).join(" ");
}

/** The service writes its reasons for programs too: without a capital and a full stop. */
function sentence(words: string): string {
  const text = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

export function hasCode(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}
