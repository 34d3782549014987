package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.rest.RestSettings.OpenApi;
import dev.freehold.backend.supabase.rest.RestSettings.OpenApiMode;
import dev.freehold.backend.supabase.rest.openapi.Address;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.http.Response;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The description of the API at the root.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Optional<Address> ADDRESS = Address.parse("https://shop.example:8443/api/");

  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = RestFixture.of("/rest/described.sql", settings(OpenApiMode.FOLLOW_PRIVILEGES, false));
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private static RestSettings settings(OpenApiMode mode, boolean security) {
    return new RestSettings(
        List.of("shop", "depot"),
        List.of(),
        "anon",
        0,
        false,
        new OpenApi(mode, security, ADDRESS, "/"));
  }

  private static JsonNode read(Response response) {
    assertThat(response.status()).isEqualTo(200);
    return MAPPER.readTree(RestFixture.text(response));
  }

  private JsonNode document(String... headers) {
    return read(fixture.get("/", headers));
  }

  private static void isJson(JsonNode found, String expected) {
    assertThat(found).isEqualTo(MAPPER.readTree(expected));
  }

  @Test
  void theDocumentIsValidSwagger() {
    SwaggerCheck.check(document());
    SwaggerCheck.check(document("Accept-Profile", "depot"));
  }

  @Test
  void theSchemasCommentIsTitleAndDescription() {
    var info = document().get("info");
    assertThat(info.get("title").asString()).isEqualTo("The shop");
    assertThat(info.get("description").asString()).isEqualTo("What is sold,\nand to whom.");
    var depot = document("Accept-Profile", "depot").get("info");
    assertThat(depot.get("title").asString()).isEqualTo("The depot");
    assertThat(depot.get("description").asString()).isEmpty();
  }

  @Test
  void theAddressIsTheOneThatWasSet() {
    var document = document();
    assertThat(document.get("host").asString()).isEqualTo("shop.example:8443");
    assertThat(document.get("basePath").asString()).isEqualTo("/api/");
    isJson(document.get("schemes"), "[\"https\"]");
  }

  @Test
  void withoutAnAddressTheRequestTellsIt() {
    var openApi = new OpenApi(OpenApiMode.FOLLOW_PRIVILEGES, false, Optional.empty(), "/rest/v1/");
    var settings = new RestSettings(List.of("shop"), List.of(), "anon", 0, false, openApi);
    try (var other = fixture.with(settings)) {
      var document = read(other.get("/"));
      assertThat(document.get("host").asString()).isEqualTo("app.localhost:80");
      assertThat(document.get("basePath").asString()).isEqualTo("/rest/v1/");
    }
  }

  @Test
  void columnsAreTypedAndNoted() {
    var things = document().at("/definitions/things");
    isJson(things.get("required"), "[\"id\",\"cost\",\"size\"]");
    var columns = things.get("properties");
    isJson(
        columns.get("id"),
        """
        {"description":"Note:\\nThis is a Primary Key.<pk/>","format":"int64","type":"integer"}\
        """);
    isJson(
        columns.get("maker"),
        """
        {"description":"Note:\\nThis is a Foreign Key to `makers.id`.<fk table='makers' \
        column='id'/>","format":"int32","type":"integer"}\
        """);
    isJson(
        columns.get("size"),
        """
        {"default":"small","enum":["small","large"],"format":"shop.size","type":"string"}\
        """);
    isJson(
        columns.get("code"),
        """
        {"maxLength":12,"format":"character varying","type":"string"}\
        """);
    isJson(columns.get("tag"), "{\"format\":\"character varying\",\"type\":\"string\"}");
    isJson(columns.get("cost"), "{\"default\":1.50,\"format\":\"numeric\",\"type\":\"number\"}");
    isJson(columns.get("flags"), "{\"maxLength\":3,\"format\":\"bit\",\"type\":\"string\"}");
    isJson(columns.get("letter"), "{\"maxLength\":1,\"format\":\"character\",\"type\":\"string\"}");
    isJson(columns.get("word"), "{\"default\":\"plain\",\"format\":\"text\",\"type\":\"string\"}");
    isJson(
        columns.get("name"),
        "{\"maxLength\":40,\"format\":\"character varying\",\"type\":\"string\"}");
    isJson(columns.get("sold"), "{\"default\":false,\"format\":\"boolean\",\"type\":\"boolean\"}");
    isJson(columns.get("stock"), "{\"default\":7,\"format\":\"int32\",\"type\":\"integer\"}");
    isJson(columns.get("weight"), "{\"default\":1.25,\"format\":\"real\",\"type\":\"number\"}");
    isJson(
        columns.get("made"),
        """
        {"default":"now()","format":"timestamp with time zone","type":"string"}\
        """);
    isJson(columns.get("data"), "{\"format\":\"jsonb\"}");
    isJson(
        columns.get("notes"),
        """
        {"format":"text[]","type":"array","items":{"type":"string"}}\
        """);
    isJson(columns.get("twice"), "{\"format\":\"int32\",\"type\":\"integer\"}");
  }

  @Test
  void aKeyIsNotedWhereItHasOneColumn() {
    var definitions = document().get("definitions");
    assertThat(definitions.at("/makers/properties/id/description").asString())
        .isEqualTo("a number\n\nNote:\nThis is a Primary Key.<pk/>");
    assertThat(definitions.at("/makers_cards/properties/maker/description").asString())
        .isEqualTo(
            "Note:\nThis is a Primary Key.<pk/>\n"
                + "This is a Foreign Key to `makers.id`.<fk table='makers' column='id'/>");
    assertThat(definitions.at("/part_notes/properties/a").has("description")).isFalse();
    assertThat(definitions.at("/stories/properties/again/description").asString())
        .contains("Foreign Key to `makers.id`");
    assertThat(definitions.at("/makers_view/properties/id/description").asString())
        .contains("Primary Key");
  }

  @Test
  void pathsOfferWhatTheRelationCanDo() {
    var paths = document().get("paths");
    assertThat(paths.get("/things").propertyNames())
        .containsExactlyInAnyOrder("get", "post", "patch", "delete");
    assertThat(paths.get("/totals").propertyNames()).containsExactly("get");
    assertThat(paths.get("/names").propertyNames()).containsExactly("get");
    assertThat(paths.has("/years")).isTrue();
    assertThat(paths.has("/years_old")).isFalse();
    var get = paths.at("/~1makers/get");
    assertThat(get.get("summary").asString()).isEqualTo("Makers");
    assertThat(get.get("description").asString()).isEqualTo("Who makes things.");
    isJson(get.get("tags"), "[\"makers\"]");
    assertThat(get.get("parameters").findValuesAsString("$ref"))
        .containsExactly(
            "#/parameters/rowFilter.makers.id",
            "#/parameters/rowFilter.makers.name",
            "#/parameters/select",
            "#/parameters/order",
            "#/parameters/range",
            "#/parameters/rangeUnit",
            "#/parameters/offset",
            "#/parameters/limit",
            "#/parameters/preferCount");
    isJson(paths.at("/~1makers/patch/responses"), "{\"204\":{\"description\":\"No Content\"}}");
  }

  @Test
  void functionsAreCalledByTheirArguments() {
    var paths = document().get("paths");
    assertThat(paths.has("/rpc/take")).isTrue();
    for (var absent : List.of("sum_of", "watch", "tidy", "sells", "raise_wages")) {
      assertThat(paths.has("/rpc/" + absent)).as(absent).isFalse();
    }
    assertThat(paths.get("/rpc/clear").propertyNames()).containsExactly("post");
    isJson(paths.at("/~1rpc~1clear/post/parameters/0/schema"), "{\"type\":\"object\"}");
    var find = paths.get("/rpc/find");
    assertThat(find.propertyNames()).containsExactlyInAnyOrder("get", "post");
    isJson(
        find.at("/get/parameters"),
        """
        [{"name":"word","required":true,"in":"query","format":"text","type":"string"},
         {"name":"most","required":false,"in":"query","format":"int32","type":"integer"},
         {"name":"kinds","required":false,"in":"query","format":"size[]","type":"string"}]\
        """);
    isJson(
        find.at("/post/parameters/0/schema"),
        """
        {"required":["word"],"type":"object","description":"Finds things\\n\\nBy a word.",
         "properties":{"word":{"format":"text","type":"string"},
           "most":{"format":"int32","type":"integer"},
           "kinds":{"format":"size[]","type":"array","items":{"type":"string"}}}}\
        """);
    isJson(
        paths.at("/~1rpc~1join_words/get/parameters/1"),
        """
        {"name":"words","required":true,"in":"query","type":"array",
         "items":{"type":"string","format":"text"},"collectionFormat":"multi"}\
        """);
    isJson(
        paths.at("/~1rpc~1halves/post/parameters/0/schema/properties"),
        "{\"n\":{\"format\":\"int32\",\"type\":\"integer\"}}");
  }

  @Test
  void aRoleSeesWhatItMayUse() {
    var anonymous = document().get("paths");
    assertThat(anonymous.has("/wages")).isFalse();
    var known = document("Authorization", "Bearer authenticated:u1").get("paths");
    assertThat(known.has("/wages")).isTrue();
    assertThat(known.has("/rpc/raise_wages")).isTrue();
    try (var other = fixture.with(settings(OpenApiMode.IGNORE_PRIVILEGES, false))) {
      var everything = read(other.get("/"));
      SwaggerCheck.check(everything);
      assertThat(everything.get("paths").has("/wages")).isTrue();
      assertThat(everything.get("paths").has("/rpc/raise_wages")).isTrue();
      assertThat(everything.get("paths").has("/shelves")).isFalse();
    }
  }

  @Test
  void theFunctionBeforeEachQueryMayChangeTheRole() {
    var plain = settings(OpenApiMode.FOLLOW_PRIVILEGES, false);
    var promoting =
        new RestSettings(
            plain.schemas(),
            plain.extraSearchPath(),
            plain.anonRole(),
            plain.maxRows(),
            plain.aggregates(),
            plain.plans(),
            Optional.of(new QualifiedName("shop", "promote")),
            plain.rootSpec(),
            plain.txEnd(),
            plain.hoistedSettings(),
            plain.appSettings(),
            plain.prepared(),
            plain.openApi(),
            plain.timing());
    try (var other = fixture.with(promoting)) {
      assertThat(read(other.get("/")).get("paths").has("/wages")).isTrue();
    }
  }

  @Test
  void aFunctionMayAnswerAtTheRoot() {
    var plain = settings(OpenApiMode.FOLLOW_PRIVILEGES, false);
    var answering =
        new RestSettings(
            plain.schemas(),
            plain.extraSearchPath(),
            plain.anonRole(),
            plain.maxRows(),
            plain.aggregates(),
            plain.plans(),
            plain.preRequest(),
            Optional.of(new QualifiedName("", "welcome")),
            plain.txEnd(),
            plain.hoistedSettings(),
            plain.appSettings(),
            plain.prepared(),
            plain.openApi(),
            plain.timing());
    try (var other = fixture.with(answering)) {
      isJson(read(other.get("/")), "{\"swagger\":\"2.0\"}");
    }
  }

  @Test
  void theProfileChoosesTheSchema() {
    var response = fixture.get("/", "Accept-Profile", "depot");
    assertThat(response.headers().first("Content-Profile")).contains("depot");
    var paths = read(response).get("paths");
    assertThat(paths.propertyNames()).containsExactly("/", "/shelves");
  }

  @Test
  void onlyJsonIsOffered() {
    for (var type : List.of("application/openapi+json", "application/json", "*/*")) {
      assertThat(fixture.get("/", "Accept", type).headers().first("Content-Type"))
          .contains("application/openapi+json; charset=utf-8");
    }
    var refused = fixture.get("/", "Accept", "text/csv");
    assertThat(refused.status()).isEqualTo(406);
    assertThat(RestFixture.text(refused)).contains("PGRST107");
    var head = fixture.send("HEAD", "/", "");
    assertThat(head.status()).isEqualTo(200);
    assertThat(RestFixture.text(head)).isEmpty();
    assertThat(fixture.send("POST", "/", "").status()).isEqualTo(405);
  }

  @Test
  void securityIsDescribedWhenAsked() {
    assertThat(document().has("security")).isFalse();
    try (var other = fixture.with(settings(OpenApiMode.FOLLOW_PRIVILEGES, true))) {
      var document = read(other.get("/"));
      SwaggerCheck.check(document);
      isJson(document.get("security"), "[{\"JWT\":[]}]");
      assertThat(document.at("/securityDefinitions/JWT/name").asString())
          .isEqualTo("Authorization");
    }
  }

  @Test
  void theRootMayBeSwitchedOff() {
    try (var other = fixture.with(settings(OpenApiMode.DISABLED, false))) {
      var answer = other.get("/");
      assertThat(answer.status()).isEqualTo(404);
      assertThat(RestFixture.text(answer)).contains("PGRST126");
    }
  }
}
