package dev.freehold.backend.supabase.storage;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/// The little XML that S3 speaks: documents of elements and texts, made and read.
final class Xml {
  private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  private static final String SPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
  private static final int MAX_ITEMS = 10_000;

  private final StringBuilder text = new StringBuilder(HEAD);
  private final String root;

  private Xml(String root, boolean inSpace) {
    this.root = root;
    text.append('<').append(root).append(inSpace ? SPACE : "").append('>');
  }

  static Xml document(String root) {
    return new Xml(root, true);
  }

  static Xml error() {
    return new Xml("Error", false);
  }

  /// An element that holds a text; nothing when there is none.
  Xml with(String name, @Nullable Object value) {
    if (value != null) {
      text.append('<').append(name).append('>');
      text.append(escaped(String.valueOf(value)));
      text.append("</").append(name).append('>');
    }
    return this;
  }

  Xml open(String name) {
    text.append('<').append(name).append('>');
    return this;
  }

  Xml close(String name) {
    text.append("</").append(name).append('>');
    return this;
  }

  byte[] bytes() {
    return (text + "</" + root + ">").getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String value) {
    var out = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\r' -> out.append("&#xD;");
            default -> out.appendCodePoint(c < ' ' && c != '\n' && c != '\t' ? 0xfffd : c);
          }
        });
    return out.toString();
  }

  /// Reads a list: for each element of that name what its children say.
  ///
  /// @param flags gets the texts that stand beside the list
  static List<Map<String, String>> items(byte[] document, String name, Map<String, String> flags) {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    var items = new ArrayList<Map<String, String>>();
    try {
      var reader = factory.createXMLStreamReader(new ByteArrayInputStream(document), "UTF-8");
      Map<String, String> item = flags;
      var said = new StringBuilder();
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            said.setLength(0);
            if (reader.getLocalName().equals(name)) {
              item = new HashMap<>();
              items.add(item);
            }
          }
          case XMLStreamConstants.CHARACTERS -> said.append(reader.getText());
          case XMLStreamConstants.END_ELEMENT -> {
            if (reader.getLocalName().equals(name)) {
              item = flags;
            } else {
              item.putIfAbsent(reader.getLocalName(), said.toString().strip());
            }
          }
          default -> {}
        }
        if (items.size() > MAX_ITEMS) {
          throw StorageError.malformedXml("the list is longer than " + MAX_ITEMS);
        }
      }
      return items;
    } catch (XMLStreamException e) {
      throw StorageError.malformedXml(
          "The XML you provided was not well-formed or did not validate");
    }
  }
}
