package dev.freehold.edge;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Picks a content coding by the client's weights (RFC 9110 §12.5.3).
final class AcceptEncoding {
  private AcceptEncoding() {}

  /// The available coding of the highest weight, the better one among equals; null when the client
  /// takes none of them.
  static @Nullable Encoding best(String header, Set<Encoding> available) {
    Encoding best = null;
    float bestWeight = 0;
    for (var encoding : available) {
      float weight = weight(header, encoding.token());
      boolean better =
          weight > bestWeight
              || (weight > 0
                  && weight == bestWeight
                  && best != null
                  && encoding.compareTo(best) < 0);
      if (better) {
        best = encoding;
        bestWeight = weight;
      }
    }
    return best;
  }

  private static float weight(String header, String coding) {
    float any = 0;
    int from = 0;
    while (from <= header.length()) {
      int comma = header.indexOf(',', from);
      int end = comma < 0 ? header.length() : comma;
      int semicolon = header.indexOf(';', from);
      int nameEnd = semicolon < 0 || semicolon > end ? end : semicolon;
      var name = header.substring(from, nameEnd).strip();
      float weight = nameEnd == end ? 1 : quality(header.substring(nameEnd + 1, end));
      if (name.equalsIgnoreCase(coding)) {
        return weight;
      }
      if (name.equals("*")) {
        any = weight;
      }
      from = end + 1;
    }
    return any;
  }

  private static float quality(String parameters) {
    var text = parameters.strip();
    if (!text.startsWith("q=") && !text.startsWith("Q=")) {
      return 1;
    }
    try {
      return Float.parseFloat(text.substring(2));
    } catch (NumberFormatException nonsense) {
      return 0;
    }
  }
}
