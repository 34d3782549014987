package dev.freehold.backend.supabase.rest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.rest.schema.Relationship.Cardinality;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What is read from the catalogs of a database.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogTest {
  private Pool pool;
  private SchemaCache cache;

  @BeforeAll
  void load() throws IOException {
    var database = TestPostgres.create();
    try (var in = CatalogTest.class.getResourceAsStream("/rest/described.sql")) {
      TestPostgres.execute(database, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    pool = Pool.open(database, new PoolLimits(1, Duration.ofSeconds(3)));
    cache = Catalog.load(pool, List.of("shop", "depot"), List.of());
  }

  @AfterAll
  void close() {
    pool.close();
  }

  private static QualifiedName shop(String name) {
    return new QualifiedName("shop", name);
  }

  private Table.Column column(String name) {
    return Objects.requireNonNull(cache.table(shop("things")).orElseThrow().columns().get(name));
  }

  private List<Routine> overloads(String name) {
    return Objects.requireNonNull(cache.routines().get(shop(name)));
  }

  private List<Relationship> between(String from, String to) {
    return cache.relationships(shop(from), "shop").orElse(List.of()).stream()
        .filter(one -> one.foreign().equals(shop(to)))
        .toList();
  }

  private List<Relationship.Key> keys(String from, String to) {
    return between(from, to).stream()
        .filter(Relationship.Key.class::isInstance)
        .map(Relationship.Key.class::cast)
        .toList();
  }

  @Test
  void onlyExposedRelationsAreKnownAndNoPartitions() {
    assertThat(cache.table(shop("years"))).isPresent();
    assertThat(cache.table(shop("years_old"))).isEmpty();
    assertThat(cache.table(new QualifiedName("hidden", "links"))).isEmpty();
    assertThat(cache.table(new QualifiedName("depot", "shelves"))).isPresent();
  }

  @Test
  void whatARelationCanDo() {
    assertThat(cache.table(shop("years")).orElseThrow().insertable()).isTrue();
    assertThat(cache.table(shop("makers_view")).orElseThrow().deletable()).isTrue();
    assertThat(cache.table(shop("totals")).orElseThrow().updatable()).isFalse();
    assertThat(cache.table(shop("names")).orElseThrow().insertable()).isFalse();
  }

  @Test
  void defaultsComeFromColumnDomainAndIdentity() {
    assertThat(column("id").defaultExpression()).isEqualTo("nextval('shop.things_id_seq')");
    assertThat(column("cost").defaultExpression()).isEqualTo("1.50");
    assertThat(column("cost").nullable()).isFalse();
    assertThat(column("cost").baseType()).isEqualTo("numeric");
    assertThat(column("cost").type()).isEqualTo("shop.price");
    assertThat(column("tag").baseType()).isEqualTo("character varying");
    assertThat(column("twice").defaultExpression()).isEmpty();
    assertThat(column("size").labels()).containsExactly("small", "large");
  }

  @Test
  void primaryKeysAreSortedAndReachTheirViews() {
    assertThat(cache.table(shop("parts")).orElseThrow().primaryKey()).containsExactly("a", "b");
    assertThat(cache.table(shop("makers_view")).orElseThrow().primaryKey()).containsExactly("id");
    assertThat(cache.table(shop("names")).orElseThrow().primaryKey()).containsExactly("id");
    assertThat(cache.table(shop("totals")).orElseThrow().primaryKey()).isEmpty();
  }

  @Test
  void aKeyIsRelatedFromBothEnds() {
    assertThat(keys("things", "makers").getFirst().cardinality())
        .isEqualTo(Cardinality.MANY_TO_ONE);
    assertThat(keys("makers", "things").getFirst().cardinality())
        .isEqualTo(Cardinality.ONE_TO_MANY);
    assertThat(keys("makers_cards", "makers").getFirst().cardinality())
        .isEqualTo(Cardinality.ONE_TO_ONE);
    assertThat(keys("makers", "makers_cards").getFirst().cardinality())
        .isEqualTo(Cardinality.ONE_TO_ONE_PARENT);
    assertThat(keys("part_notes", "parts").getFirst().pairs())
        .containsExactly(new Relationship.Pair("a", "a"), new Relationship.Pair("b", "b"));
  }

  @Test
  void aViewIsRelatedAsOftenAsItShowsAKey() {
    var found = keys("stories", "makers");
    assertThat(found.stream().map(key -> key.constraint() + " " + key.pairs().getFirst().column()))
        .containsExactly("stories_first again", "stories_first first", "stories_second second");
    assertThat(keys("stories", "makers_view")).hasSize(3);
    assertThat(keys("makers_view", "stories")).hasSize(3);
  }

  @Test
  void aTableWhoseKeyHoldsTwoKeysJoinsThem() {
    assertThat(between("things", "makers"))
        .anyMatch(
            one -> one instanceof Relationship.Junction j && j.between().name().equals("sales"));
    assertThat(between("makers", "makers")).noneMatch(Relationship.Junction.class::isInstance);
    assertThat(between("makers", "things"))
        .noneMatch(
            one -> one instanceof Relationship.Junction j && j.between().name().equals("links"));
  }

  @Test
  void functionsOfARowAreRelationshipsAndReplaceKeys() {
    var computed =
        between("makers", "things").stream()
            .filter(Relationship.Computed.class::isInstance)
            .toList();
    assertThat(computed).hasSize(1);
    assertThat(computed.getFirst().toOne()).isTrue();
    assertThat(between("makers_cards", "makers_view"))
        .singleElement()
        .isInstanceOf(Relationship.Computed.class);
  }

  @Test
  void onlyFunctionsThatCanBeCalledAreKnown() {
    assertThat(cache.routines().keySet())
        .contains(shop("take"), shop("find"), shop("clear"))
        .doesNotContain(shop("sum_of"), shop("watch"), shop("tidy"), shop("sells"));
    var overloads = overloads("find");
    assertThat(overloads).extracting(one -> one.parameters().size()).containsExactly(1, 3);
    assertThat(overloads.getLast().parameters().getLast().type()).isEqualTo("shop.size[]");
    assertThat(overloads("halves").getFirst().parameters()).hasSize(1);
    assertThat(overloads("clear").getFirst().returnsVoid()).isTrue();
  }
}
