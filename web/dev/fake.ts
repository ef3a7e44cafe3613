// Throw-away in-memory service for development.
import type { Plugin } from "vite";
import { randomUUID } from "node:crypto";
/* eslint-disable */
export function fake(): Plugin {
  const files: any[] = [];
  const now = () => new Date().toISOString();
  const mk = (o: any) => { const f = { id: randomUUID(), key: "", filename: "", mimetype: "inode/directory", size: 0, owner_id: "local", space: "my-files", parent_id: null, is_folder: true, state: "ready", etag: "1", favorited: false, last_opened: null, created_at: now(), updated_at: new Date(Date.now() - Math.random() * 3e10).toISOString(), deleted_at: null, moving: false, ...o }; f.key = keyOf(f); files.push(f); return f; };
  const keyOf = (f: any): string => { const p = files.find((x) => x.id === f.parent_id); return (p ? p.key : f.space === "shared" ? "shared/" : "local/my-files/") + f.filename + (f.is_folder ? "/" : ""); };
  const photos = mk({ filename: "Photos" }); const trip = mk({ filename: "Trip to Lisbon", parent_id: photos.id }); mk({ filename: "Alfama", parent_id: trip.id });
  mk({ filename: "Projects" }); mk({ filename: "Music" }); mk({ filename: "日本語 😀" });
  const big = mk({ filename: "A hundred thousand" });
  for (const [n, m, s] of [["50% off #1?.pdf","application/pdf",183_233],["it's (2)+a&b=c.mov","video/quicktime",2_147_483_648],["sunset.jpg","image/jpeg",4_233_111],["notes.md","text/markdown",1233],["interview.mp3","audio/mpeg",23_233_111],["chair.glb","model/gltf-binary",9_233_111],["backup.tar.gz","application/gzip",733_233_111],["main.py","text/x-python",2_311],["A very long file name that somebody gave to a quarterly report of the finance department, final version, really final (3).docx","application/vnd.openxmlformats",88_111],["unknown.bin","application/octet-stream",3]] as const) mk({ filename: n, mimetype: m, size: s, is_folder: false });
  for (let i = 0; i < 100_000; i++) mk({ filename: `file-${i}.jpg`, mimetype: "image/jpeg", size: i * 977, is_folder: false, parent_id: big.id, key: "x" });
  const sess = { identity: { id: "local", name: "Administrator", email: null }, is_admin: true, csrf_token: "x", provider: "local", spaces: [], trash_days: 30, version: "0.1.0", store: { kind: "disk", bucket: "source" } };
  const coll = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  return { name: "fake", configureServer(s) { s.middlewares.use("/api", async (req: any, res: any) => {
    const u = new URL(req.url, "http://x"); const q = u.searchParams; const chunks: any[] = []; for await (const c of req) chunks.push(c);
    const b = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const send = (st: number, o?: any) => { res.statusCode = st; res.setHeader("content-type", "application/json"); res.end(o === undefined ? "" : JSON.stringify(o)); };
    const prob = (st: number, code: string, x: any = {}) => send(st, { type: "", title: code, status: st, detail: x.detail ?? code, code, ...x });
    const page = (l: any[]) => { const o = Number(q.get("cursor") ?? 0), n = Number(q.get("limit") ?? 100); send(200, { items: l.slice(o, o + n), next_cursor: o + n < l.length ? String(o + n) : null }); };
    const p = u.pathname.split("/").filter(Boolean); const live = files.filter((f) => !f.deleted_at); const get = (id: string) => files.find((f) => f.id === id);
    const level = (pid: string | null, space: string) => { const key = q.get("sort") ?? "name", d = q.get("order") === "desc" ? -1 : 1; return live.filter((f) => f.parent_id === pid && (pid || f.space === space) && (!q.get("folders_only") || f.is_folder)).sort((a, c) => Number(c.is_folder) - Number(a.is_folder) || d * (key === "size" ? a.size - c.size : key === "updated" ? a.updated_at.localeCompare(c.updated_at) : coll.compare(a.filename, c.filename))); };
    if (p[0] === "session") return send(200, sess);
    if (p[0] === "tokens") return req.method === "POST" ? send(201, { ...b, id: "1", expires_at: now(), token: "kst_abc123" }) : send(200, { items: [{ id: "t", name: "Backup", scopes: ["drive:read"], created_at: now(), expires_at: now(), last_used_at: null }], next_cursor: null });
    if (p[0] === "jobs") return send(200, { items: [], next_cursor: null });
    if (p[0] === "uploads") return send(200, { items: [], next_cursor: null });
    if (p[0] === "recent") return page(live.filter((f) => f.last_opened));
    if (p[0] === "favorites") return page(live.filter((f) => f.favorited));
    if (p[0] === "trash") return req.method === "DELETE" ? (q.get("dry_run") ? send(200, { files: 3, folders: 1, bytes: 12345 }) : (files.filter((f) => f.deleted_at).forEach((f) => files.splice(files.indexOf(f), 1)), send(200, { deleted: 1 }))) : page(files.filter((f) => f.deleted_at).map((f) => ({ ...f, original_path: "", purge_at: new Date(Date.now() + 3e9).toISOString() })));
    if (p[0] === "search") return page(live.filter((f) => f.filename.toLowerCase().includes((q.get("q") ?? "").toLowerCase()) && (!q.get("min_size") || f.size >= Number(q.get("min_size")))).map((f) => ({ ...f, path: "" })));
    if (p[0] === "folders" && p.length === 1) { if (live.some((f) => f.parent_id === b.parent_id && f.filename === b.name)) return prob(409, "name-taken", { detail: `“${b.name}” exists` }); return send(201, { folder: mk({ filename: b.name, parent_id: b.parent_id, space: b.space }) }); }
    if (p[0] === "folders" && p[2] === "children") return get(p[1]!) ? page(level(p[1]!, "")) : prob(404, "not-found");
    if (p[0] === "folders" && p[2] === "path") { const items: any[] = []; let f = get(p[1]!); if (!f) return prob(404, "not-found"); while (f) { items.unshift(f); f = get(f.parent_id); } return send(200, { items }); }
    if (p[0] === "batch") { const results = b.ids.map((id: string) => { const f = get(id); const fail = (code: string, x: any = {}) => ({ id, status: "error", file: null, problem: { code, status: 409, title: code, detail: code, ...x } });
      if (b.action === "trash") f.deleted_at = now(); if (b.action === "restore") f.deleted_at = null; if (b.action.endsWith("favorite")) f.favorited = b.action === "favorite"; if (b.action === "delete") files.splice(files.indexOf(f), 1);
      if (b.action === "move" || b.action === "copy") { const taken = live.some((o) => o !== (b.action === "move" ? f : null) && o.parent_id === b.parent_id && o.filename === f.filename); if (taken && b.on_conflict !== "rename") return fail("name-taken", { existing_kind: "file", suggested_name: f.filename + " (2)" }); const name = taken ? f.filename + " (2)" : f.filename; if (b.action === "move") Object.assign(f, { parent_id: b.parent_id, space: b.space, filename: name }); else mk({ ...f, id: randomUUID(), parent_id: b.parent_id, filename: name }); }
      return { id, status: "ok", file: f, problem: null }; }); return send(200, { results, job: null }); }
    if (p[0] === "files" && p.length === 1 && req.method === "GET") return page(level(null, q.get("space") ?? "my-files"));
    if (p[0] === "files" && p[1]) { const f = get(p[1]); if (!f) return prob(404, "not-found"); if (p[2] === "favorite") { f.favorited = b.favorited; return send(200, b); } if (p[2] === "open") { f.last_opened = now(); return send(204); } if (p[2] === "download") return send(200, { url: "data:text/plain,hello", expires_at: now() }); if (req.method === "PATCH") { if (b.filename.includes("/")) return prob(422, "invalid-input", { detail: "A name cannot hold a slash." }); f.filename = b.filename; f.key = keyOf(f); return send(200, { file: f, job: null }); } return send(200, { file: f }); }
    prob(404, "not-found");
  }); } };
}
