/** Decodes pictures and makes them small, in a thread of its own. */

export interface Original {
  id: number;
  original: Blob;
}

export interface Shrunk {
  id: number;
  /** The small picture as a `data:` URL; null when it cannot be decoded. */
  url: string | null;
}

/** Enough for the widest card on a screen of two pixels to the point. */
const WIDTH = 512;

self.onmessage = async ({ data }: MessageEvent<Original>) => {
  const answer: Shrunk = { id: data.id, url: await shrink(data.original).catch(() => null) };
  self.postMessage(answer);
};

async function shrink(original: Blob): Promise<string> {
  const picture = await createImageBitmap(original, { resizeWidth: WIDTH, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  return toDataUrl(await canvas.convertToBlob({ type: "image/webp", quality: 0.82 }));
}

function toDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string); // as `readAsDataURL` leaves it
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}
