package dev.freehold.inspection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The Inspection as JSON, for programs. The form is stable: fields are added, never renamed, and
/// `format` counts up if that must be broken. A place is written as `file:line`. The folder on this
/// machine and the values of keys are left out.
public final class InspectionJson {
  private static final int FORMAT = 1;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addMixIn(Place.class, PlaceForm.class)
          .addMixIn(Readiness.class, ReadinessForm.class)
          .addMixIn(Inspection.Subject.class, SubjectForm.class)
          .addMixIn(SupabaseUse.PublicKey.class, KeyForm.class)
          .build();

  private InspectionJson() {}

  /// The whole inspection, indented, ending in a newline.
  public static String write(Inspection inspection) {
    var json = MAPPER.createObjectNode().put("format", FORMAT);
    json.setAll((ObjectNode) MAPPER.valueToTree(inspection));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private interface PlaceForm {
    @JsonValue
    @Override
    String toString();
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "runs")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Readiness.Yes.class, name = "yes"),
    @JsonSubTypes.Type(value = Readiness.Partly.class, name = "partly"),
    @JsonSubTypes.Type(value = Readiness.No.class, name = "no")
  })
  private interface ReadinessForm {}

  @JsonIgnoreProperties("root")
  private interface SubjectForm {}

  @JsonIgnoreProperties("value")
  private interface KeyForm {}
}
