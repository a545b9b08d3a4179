package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonBindingTest {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  static List<TypedSamples.Sample> samples() {
    return TypedSamples.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void createsSchemasThatFollowStrictMode(TypedSamples.Sample sample) {
    Map<String, Object> tree = JsonBinding.of(sample.type()).schema().tree();

    assertThat(StrictRules.broken(tree)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void createsValidSchemasThatTheValuesSatisfy(TypedSamples.Sample sample) {
    JsonBinding binding = JsonBinding.of(sample.type());
    String schema = Json.mapper().writeValueAsString(binding.schema().tree());
    Schema dialect =
        REGISTRY.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

    assertThat(dialect.validate(schema, InputFormat.JSON)).isEmpty();
    String json = Json.mapper().writeValueAsString(binding.write(sample.value()));
    Schema compiled = REGISTRY.getSchema(schema);
    assertThat(
            compiled.validate(
                json,
                InputFormat.JSON,
                context -> context.executionConfig(c -> c.formatAssertionsEnabled(true))))
        .isEmpty();
    assertThat(compiled.validate("{\"surely\":\"not\"}", InputFormat.JSON)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsBackTheValueItWrote(TypedSamples.Sample sample) {
    JsonBinding binding = JsonBinding.of(sample.type());
    String json = Json.mapper().writeValueAsString(binding.write(sample.value()));

    JsonBinding.Reading fromTree = binding.read(binding.write(sample.value()));
    JsonBinding.Reading fromText =
        binding.read(((JsonExtractor.Tree) JsonExtractor.read(json)).value());

    assertThat(fromTree).isEqualTo(new JsonBinding.Reading(Optional.of(sample.value()), List.of()));
    assertThat(fromText).isEqualTo(new JsonBinding.Reading(Optional.of(sample.value()), List.of()));
  }

  record Inner(@Constraints(min = 1, max = 3) int stars, List<Optional<Double>> parts) {
    Inner {
      if (parts.size() == 2) {
        throw new IllegalArgumentException("parts must not be two");
      }
    }
  }

  record Outer(Inner inner, TypedSamples.Mood mood, TypedSamples.Form form, long count) {}

  @Test
  void reportsThePathOfEveryPartThatDoesNotFit() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("inner", Map.of("stars", 4, "parts", List.of(1, "x")));
    tree.put("mood", "GREAT");
    tree.put("form", Map.of("type", "Star"));

    JsonBinding.Reading reading = JsonBinding.of(Outer.class).read(tree);

    assertThat(reading.value()).isEmpty();
    assertThat(reading.violations())
        .containsExactly(
            "$.inner.stars must be at most 3, was 4",
            "$.inner.parts[1] must be a number, was \"x\"",
            "$.mood must be one of [GOOD, BAD, so-so], was \"GREAT\"",
            "$.form.type must be one of [Circle, Square, Pair], was \"Star\"",
            "$.count is missing");
  }

  @Test
  void reportsAnExceptionOfARecordAsAViolation() {
    JsonBinding.Reading reading =
        JsonBinding.of(Inner.class).read(Map.of("stars", 1, "parts", List.of(1, 2)));

    assertThat(reading.violations()).containsExactly("$: parts must not be two");
  }

  record Group(List<Inner> parts, Set<String> names, long count) {}

  @Test
  void reportsAllRefusalsOfRecordsWithTheOtherViolations() {
    Map<String, Object> refused = Map.of("stars", 1, "parts", List.of(1, 2));
    Map<String, Object> fine = Map.of("stars", 1, "parts", List.of());

    JsonBinding.Reading reading =
        JsonBinding.of(Group.class)
            .read(Map.of("parts", List.of(refused, fine, refused), "names", List.of()));

    assertThat(reading.violations())
        .containsExactly(
            "$.parts[0]: parts must not be two",
            "$.parts[2]: parts must not be two",
            "$.count is missing");
  }

  @Test
  void givesCollectionsThatKeepTheirOrderAndCannotBeChanged() {
    List<String> names = List.of("z", "y", "b", "x", "a", "z");

    Group group =
        (Group)
            JsonBinding.of(Group.class)
                .read(Map.of("parts", List.of(), "names", names, "count", 1))
                .value()
                .orElseThrow();

    assertThat(group.names()).containsExactly("z", "y", "b", "x", "a");
    assertThat(group.names()).isUnmodifiable();
    assertThat(group.parts()).isUnmodifiable();
  }

  static List<Object> unfitNumbers() {
    return List.of(1.5, new BigDecimal("1e999999999"), "1", true, List.of(), 1L << 40);
  }

  @ParameterizedTest
  @MethodSource("unfitNumbers")
  void refusesNumbersThatAreNotAnInt(Object number) {
    assertThat(JsonBinding.of(int.class).read(number).violations()).hasSize(1);
  }

  record Loose(Map<String, Integer> counts, Optional<String> note, TypedSamples.Mood mood) {}

  @Test
  void toleratesInexactAnswersOfModelsWithoutASchema() {
    JsonBinding.Reading reading =
        JsonBinding.of(Loose.class)
            .read(Map.of("counts", Map.of("a", 1.0), "mood", "good", "more", "than asked"));

    assertThat(reading.value())
        .contains(new Loose(Map.of("a", 1), Optional.empty(), TypedSamples.Mood.GOOD));
  }

  record Anything(String name, Object rest) {}

  record Open<T>(T part) {}

  record Untyped(@SuppressWarnings("rawtypes") List parts) {}

  record Growing<T>(Optional<Growing<List<T>>> next) {}

  record Grown(Growing<String> first) {}

  record Keyed(Map<Integer, String> parts) {}

  sealed interface Clash permits Clashing {}

  record Clashing(String type) implements Clash {}

  static Map<Class<?>, String> unsupported() {
    return Map.of(
        Anything.class, "Anything.rest cannot be filled by a model, it is java.lang.Object",
        Open.class, "Open.part is of the open type T",
        Untyped.class, "Untyped.parts is a List of no type",
        Grown.class, "Growing.next leads to more than 200 types",
        Keyed.class, "Keyed.parts is a map whose keys are no texts",
        Clash.class, "Clashing.type has the name that tells",
        Runnable.class, "the type Runnable cannot be filled by a model");
  }

  static Set<Class<?>> unsupportedTypes() {
    return unsupported().keySet();
  }

  @ParameterizedTest
  @MethodSource("unsupportedTypes")
  void reportsThePartOfATypeThatNoModelCanFill(Class<?> type) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonBinding.of(type))
        .withMessageStartingWith(unsupported().get(type));
  }

  @Test
  void addsDescriptionsToTheSchema() {
    String schema =
        Json.mapper().writeValueAsString(JsonBinding.of(TypedSamples.Order.class).schema().tree());

    assertThat(schema)
        .contains("what is bought", "A place of delivery", "who pays", "as on the passport")
        .contains("\"card_number\"");
    assertThat(
            Json.mapper()
                .writeValueAsString(JsonBinding.of(TypedSamples.Survey.class).schema().tree()))
        .contains("of the moment", "How somebody feels; GOOD: glad, content");
  }

  @Test
  void readsAndWritesArraysOfNumbers() {
    JsonBinding binding = JsonBinding.of(int[][].class);

    Object back = binding.read(binding.write(new int[][] {{1, 2}, {}})).value().orElseThrow();

    assertThat((int[][]) back).isDeepEqualTo(new int[][] {{1, 2}, {}});
  }
}
