package dev.freehold.backend.supabase.rest.openapi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An object of the document while it is written. What is empty is left out, but for texts that
/// have to stand.
final class Node {
  private final Map<String, Object> members = new LinkedHashMap<>();

  static Node of(String name, Object value) {
    return new Node().put(name, value);
  }

  /// A reference to another part of the document.
  static Node to(String section, String name) {
    return of("$ref", "#/" + section + "/" + name);
  }

  /// Sets a member whatever its value.
  Node put(String name, Object value) {
    members.put(name, value instanceof Node node ? node.members : value);
    return this;
  }

  /// Sets a text unless it is empty.
  Node text(String name, String value) {
    return value.isEmpty() ? this : put(name, value);
  }

  /// Sets an object unless it is empty.
  Node object(String name, Node value) {
    return value.members.isEmpty() ? this : put(name, value);
  }

  /// Sets a list of texts or objects unless it is empty.
  Node list(String name, Collection<?> values) {
    if (values.isEmpty()) {
      return this;
    }
    var plain = new ArrayList<Object>();
    for (var value : values) {
      plain.add(value instanceof Node node ? node.members : value);
    }
    return put(name, List.copyOf(plain));
  }

  Node all(Node other) {
    members.putAll(other.members);
    return this;
  }

  Map<String, Object> members() {
    return members;
  }
}
