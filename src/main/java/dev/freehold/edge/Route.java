package dev.freehold.edge;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// One release being served under its hosts.
///
/// @param id whose route it is, such as `shop/production`; installing it again replaces it
/// @param release its number, stated in every [RequestServed]
/// @param hosts exact names without ports
/// @param isDefault answers this machine's own names (`localhost`, `127.0.0.1`, `[::1]`) when it is
///   the only default there is
/// @param mounts tried before the content, the longest prefix first
public record Route(
    String id,
    int release,
    Set<String> hosts,
    boolean isDefault,
    Content content,
    List<Mount> mounts) {
  public Route {
    hosts =
        hosts.stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    mounts =
        mounts.stream()
            .sorted(Comparator.comparingInt((Mount m) -> m.prefix().length()).reversed())
            .toList();
  }
}
