// @lovable.dev/vite-tanstack-config brings tanstackStart, viteReact, tailwindcss, tsConfigPaths and nitro:
// adding any of them here again breaks the build with duplicate plugins.
import { defineConfig } from "@lovable.dev/vite-tanstack-config";

export default defineConfig({
  tanstackStart: {
    // The server entry is src/server.ts, which wraps errors of server rendering.
    server: { entry: "server" },
  },
});
