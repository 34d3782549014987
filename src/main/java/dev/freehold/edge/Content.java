package dev.freehold.edge;

import java.util.List;

/// What answers when no mount does. `recent` holds sites of earlier releases, newest first: their
/// immutable assets are still given out, so that a tab opened before a switch goes on working.
public sealed interface Content {
  List<StaticSite> recent();

  /// Files alone.
  record StaticContent(StaticSite current, List<StaticSite> recent) implements Content {
    public StaticContent {
      recent = List.copyOf(recent);
    }
  }

  /// A process, with the files it was built with given out by the edge itself.
  record ProcessContent(List<Upstream> upstreams, StaticSite assets, List<StaticSite> recent)
      implements Content {
    public ProcessContent {
      upstreams = List.copyOf(upstreams);
      recent = List.copyOf(recent);
    }
  }
}
