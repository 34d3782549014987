package dev.freehold.inspection;

import java.util.List;

/// A function the Vendor ran beside the app, in Deno.
///
/// @param name its path below `/functions/v1/`
/// @param entry the file that holds it
/// @param config the `deno.json`, import map or `package.json` that says what its bare imports
///   mean; empty when there is none
/// @param imports the modules it takes from elsewhere, as written
/// @param secrets the names it reads with `Deno.env.get`, shared files included
/// @param verifiesJwt whether the platform checks the caller's token before it runs
/// @param statics patterns of the files that it reads while it runs, relative to the export
public record EdgeFunction(
    String name,
    String entry,
    String config,
    List<String> imports,
    List<String> secrets,
    boolean verifiesJwt,
    List<String> statics) {}
