import { describe, expect, it } from "vitest";
import { hasCode, messageOf, offlineProblem, Problem, problemFromResponse } from "@/api/problem";

const document = { type: "x", title: "Name taken", status: 409, detail: "“a” is taken.", code: "name-taken" };

describe("problems", () => {
  it("are read from a problem document with its extras", async () => {
    const body = JSON.stringify({ ...document, suggested_name: "a (2)" });

    const problem = await problemFromResponse(new Response(body, { status: 409 }));

    expect(hasCode(problem, "name-taken")).toBe(true);
    expect(problem.document.suggested_name).toBe("a (2)");
    expect(messageOf(problem)).toBe("“a” is taken.");
  });

  it("are made from the status where a proxy answered with a page", async () => {
    const problem = await problemFromResponse(new Response("<html>Bad gateway</html>", { status: 502, statusText: "Bad Gateway" }));

    expect(problem.status).toBe(502);
    expect(messageOf(problem)).toBe("The server answered 502 Bad Gateway.");
    expect(problem.isTransient).toBe(true);
  });

  it("say what was wrong with the input", () => {
    const problem = new Problem({ ...document, status: 422, code: "invalid-input", detail: "the request is not valid", errors: [{ pointer: "/filename", detail: "a name has no slash" }] });

    expect(messageOf(problem)).toBe("The request is not valid. A name has no slash.");
  });

  it("know what may work again by itself", () => {
    expect(offlineProblem().isTransient).toBe(true);
    expect(new Problem({ ...document, status: 429 }).isTransient).toBe(true);
    expect(new Problem(document).isTransient).toBe(false);
  });

  it("leave other errors to speak for themselves", () => {
    expect(messageOf(new Error("It broke."))).toBe("It broke.");
    expect(messageOf("plain")).toBe("Plain.");
  });
});
