import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { hashOfSources, sourceFiles, stamp } from './build.mjs';
import { root } from './root.mjs';

// Compiles src/ to dist/, each file for itself. Types are checked by `npm run types`: with esbuild
// and without them it takes a second, with tsc ten.

const sources = hashOfSources();
// A compilation that fails has changed dist/ already.
rmSync(stamp, { force: true });
await build({
  absWorkingDir: root,
  entryPoints: sourceFiles(),
  outdir: 'dist',
  outbase: 'src',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  bundle: true,
  packages: 'external',
  logLevel: 'warning',
  plugins: [
    {
      name: 'files stay apart, and import each other as they will be called',
      setup({ onResolve }) {
        onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind }) =>
          kind === 'entry-point'
            ? undefined
            : { path: path.replace(/\.ts$/, '.js'), external: true },
        );
      },
    },
  ],
});
writeFileSync(stamp, sources);
