// @vitest-environment node
import { expect, test } from "vitest";
import type { Job } from "@/api/types";
import { progressText } from "@/jobs/JobRow";
import { isListed } from "@/jobs/useJobs";
import { jobsToShow } from "@/media/details/MediaJobs";
import { factsOf, inOrder } from "@/media/details/Renditions";

function job(id: string, kind: string, state: Job["state"], created = "2026-01-01"): Job {
  return { id, kind, state, created_at: created } as Job; // all that is looked at
}

test("what runs is shown, and what failed until the same was done again", () => {
  const listed = [
    job("1", "video:cover", "failed", "2026-01-01"),
    job("2", "video:cover", "succeeded", "2026-01-02"),
    job("3", "video:preview", "failed", "2026-01-01"),
    job("4", "video:transcode", "running", "2026-01-03"),
  ];

  expect(jobsToShow(listed, []).map(({ id }) => id)).toEqual(["4", "3"]);
});

test("what is followed is newer than what was listed", () => {
  expect(jobsToShow([job("1", "video:cover", "running")], [job("1", "video:cover", "failed")])[0]?.state).toBe("failed");
  expect(jobsToShow([job("1", "video:cover", "failed")], [job("1", "video:cover", "running")])).toHaveLength(1);
});

test("what the service does by itself is listed in the header only when it failed", () => {
  expect(isListed({ is_background: true, state: "running" })).toBe(false);
  expect(isListed({ is_background: true, state: "failed" })).toBe(true);
  expect(isListed({ is_background: false, state: "running" })).toBe(true);
});

test("seconds of a film read as a clock", () => {
  const progress = { done: 12, total: 63, unit: "seconds", message: null } as const;

  expect(progressText({ state: "running", progress })).toBe("0:12 / 1:03");
});

test("a stream tells its qualities and its codecs, a picture its size", () => {
  const video_tracks = [{ id: "a", codec: "h264", width: 640, height: 360, bitrate: 1 }, { id: "b", codec: "av1", width: 1280, height: 720, bitrate: 1 }];

  expect(factsOf({ width: 1280, height: 720, duration_ms: 63_000, facts: { video_tracks } })).toEqual(["360p to 720p", "AV1, H.264"]);
  expect(factsOf({ width: 320, height: 200, duration_ms: null, facts: null })).toEqual(["320 × 200"]);
  expect(factsOf({ width: null, height: null, duration_ms: 63_000, facts: null })).toEqual(["1:03"]);
});

test("renditions stand in the same order, whichever was made last", () => {
  const made = ["thumbnail", "something new", "preview", "stream"].map((kind) => ({ kind }));

  expect(inOrder(made).map(({ kind }) => kind)).toEqual(["stream", "preview", "thumbnail", "something new"]);
});
