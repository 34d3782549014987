package dev.freehold.backend.supabase.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.fileupload2.core.FileUploadSizeException;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.fileupload2.core.ParameterParser;

/// A `multipart/form-data` body read as it comes: the fields before the file, then the file. What
/// follows the file is not looked at.
///
/// @param fields by name, the first of each
/// @param fileType the file part's own content type
/// @param file the file's bytes, still arriving
record MultipartForm(Map<String, String> fields, String fileType, InputStream file) {
  /// Upstream's limits: fields beside the file, and a field's length.
  private static final int MAX_FIELDS = 10;

  private static final int MAX_FIELD_BYTES = 1 << 20;
  private static final int MAX_PART_HEADER_BYTES = 8 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int MAX_BOUNDARY_BYTES = 200;

  /// @throws StorageError `InvalidRequest` when there is no file in it
  static MultipartForm read(String contentType, InputStream body) throws IOException {
    var boundary = boundary(contentType);
    try {
      var input =
          MultipartInput.builder()
              .setInputStream(body)
              .setBufferSize(BUFFER_BYTES)
              .setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
              .setMaxPartHeaderSize(MAX_PART_HEADER_BYTES)
              .get();
      input.setHeaderCharset(StandardCharsets.UTF_8);
      var fields = new HashMap<String, String>();
      for (boolean more = input.skipPreamble(); more; more = input.readBoundary()) {
        var part = Part.read(input.readHeaders());
        var stream = input.newInputStream();
        if (part.isFile()) {
          return new MultipartForm(fields, part.type(), stream);
        }
        if (fields.size() == MAX_FIELDS) {
          throw StorageError.noContent();
        }
        fields.putIfAbsent(part.name(), field(stream));
      }
    } catch (MultipartInput.MalformedStreamException | FileUploadSizeException malformed) {
      throw StorageError.noContent();
    } catch (IllegalArgumentException malformed) {
      throw StorageError.noContent();
    }
    throw StorageError.noContent();
  }

  private static String boundary(String contentType) {
    var parser = new ParameterParser();
    parser.setLowerCaseNames(true);
    var boundary = parser.parse(contentType, ';').getOrDefault("boundary", "");
    if (boundary == null || boundary.isEmpty() || boundary.length() > MAX_BOUNDARY_BYTES) {
      throw StorageError.noContent();
    }
    return boundary;
  }

  private static String field(InputStream stream) throws IOException {
    var bytes = stream.readNBytes(MAX_FIELD_BYTES + 1);
    if (bytes.length > MAX_FIELD_BYTES) {
      throw StorageError.metadataTooLarge();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// What a part says about itself.
  private record Part(String name, boolean isFile, String type) {
    static Part read(String headers) {
      var name = "";
      var isFile = false;
      var type = "";
      for (var line : headers.split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon < 0) {
          continue;
        }
        var value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
          case "content-disposition" -> {
            var parser = new ParameterParser();
            parser.setLowerCaseNames(true);
            var parameters = parser.parse(value, ';');
            var given = parameters.get("name");
            name = given == null ? "" : given;
            isFile = parameters.containsKey("filename");
          }
          case "content-type" -> type = value;
          default -> {}
        }
      }
      return new Part(name, isFile, type);
    }
  }
}
