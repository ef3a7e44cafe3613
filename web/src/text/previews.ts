/** Words of the previews: apart from the others, since the first page needs none of them. */
export const previews = {
  position: (index: number, count: number) => `${index} of ${count}`,
  previous: "Previous file",
  next: "Next file",
  showDetails: "Show details of the file",
  hideDetails: "Hide details of the file",
  download: "Download",
  close: "Close preview",
  key: "Key in the bucket",
  copyKey: "Copy key",
  keyCopied: "Key copied",

  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomFit: "Fit to window",
  zoomLevel: (percent: number) => `${percent} %`,
  imageHint: "Use the plus and minus keys to zoom, 0 to fit, Shift and the arrow keys to move.",

  wrap: "Wrap long lines",
  cut: (shown: string, total: string) => `The first ${shown} of ${total} are shown. Download the file to see all of it.`,
  encoding: "Not valid UTF-8: shown as Latin-1.",
  emptyText: "This file is empty.",

  speed: "Playback speed",
  speedOf: (rate: number) => `${rate}×`,

  noPreview: "No preview for this type of file",
  noPreviewHint: "Download it to open it on your device.",
  failed: "The preview could not be loaded",
  failedHint: "The file may be in a form that this browser does not show. Download it to open it on your device.",
  noPdf: "This browser does not show PDF files",
  showAsText: "Show as text",
  size: "Size",
  type: "Type",
  modified: "Modified",
} as const;
