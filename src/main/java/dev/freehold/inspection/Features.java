package dev.freehold.inspection;

import java.util.List;

/// What the app asks of its backend, counted by reading its source. A call through a wrapper or a
/// variable is missed: every number is a lower bound.
///
/// @param auth methods of `supabase.auth`
/// @param providers sign-in providers such as `google`
/// @param tables tables read or written
/// @param rpcs database functions called
/// @param storage methods of a storage bucket
/// @param buckets buckets named
/// @param realtime kinds of subscription
/// @param invokes edge functions called
/// @param serverFunctions `createServerFn` in the app's own server
/// @param vendorServices services of the Vendor: sign-in broker, AI gateway, connectors
public record Features(
    List<Count> auth,
    List<Count> providers,
    List<Count> tables,
    List<Count> rpcs,
    List<Count> storage,
    List<Count> buckets,
    List<Count> realtime,
    List<Count> invokes,
    int serverFunctions,
    List<Count> vendorServices) {

  /// How often something occurs.
  public record Count(String name, int uses) {}

  /// The sum of the uses.
  public static int total(List<Count> counts) {
    return counts.stream().mapToInt(Count::uses).sum();
  }
}
