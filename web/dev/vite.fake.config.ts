import { mergeConfig } from "vite";
import base from "../vite.config";
import { fake } from "./fake";
export default mergeConfig(base, { root: new URL("..", import.meta.url).pathname, plugins: [fake()], cacheDir: "/tmp/vite-fake" });
