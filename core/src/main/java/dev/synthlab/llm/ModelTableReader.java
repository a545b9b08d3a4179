package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads models in the format of LiteLLM's map. */
final class ModelTableReader {
  private static final String INPUT = "input_cost_per_token";
  private static final String OUTPUT = "output_cost_per_token";
  private static final String CACHED = "cache_read_input_token_cost";
  private static final String ABOVE = "_above_";
  private static final String LEVELS = "reasoning_effort_levels";
  private static final Set<String> NUMBERS =
      Set.of(
          INPUT,
          OUTPUT,
          CACHED,
          "output_cost_per_image_token",
          "max_input_tokens",
          "max_output_tokens",
          "output_vector_size");
  private static final Set<String> WORDS =
      Set.of("litellm_provider", "mode", "default_reasoning_effort", "deprecation_date");

  /** The entry of LiteLLM's map that documents the fields. */
  private static final String EXPLANATION = "sample_spec";

  private ModelTableReader() {}

  /**
   * The facts that count, by model and field, of a file in the form of LiteLLM's map, or of the
   * table that ships: the same under {@code models}, with a {@code source} beside it.
   */
  static Map<String, Map<String, Object>> read(InputStream in) {
    Map<String, Map<String, Object>> models = new HashMap<>();
    try (JsonParser json = Json.mapper().createParser(in)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is no JSON object");
      }
      models(json, models);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("there is text after the JSON object");
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(String.valueOf(e.getOriginalMessage()), e);
    }
    return models;
  }

  /** The fields of one model, from its JSON object. */
  static Map<String, Object> facts(String model, String object) {
    try (JsonParser json = Json.parser(object)) {
      json.nextToken();
      return facts(json, model);
    }
  }

  private static void models(JsonParser json, Map<String, Map<String, Object>> models) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException(name + " is no object");
      }
      switch (name) {
        case "models" -> models(json, models);
        case "source", EXPLANATION -> json.skipChildren();
        default -> models.put(name, facts(json, name));
      }
    }
  }

  private static Map<String, Object> facts(JsonParser json, String model) {
    Map<String, Object> facts = new HashMap<>(32);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      Object fact = fact(json, field, value);
      if (fact != null) {
        facts.put(field, fact);
      } else if (isKnown(field) && value != JsonToken.VALUE_NULL) {
        throw new IllegalArgumentException(model + " has a value of another type in " + field);
      }
    }
    if (facts.isEmpty()) {
      throw new IllegalArgumentException(model + " has no field that counts");
    }
    return facts;
  }

  private static @Nullable Object fact(JsonParser json, String field, JsonToken value) {
    if (value.isNumeric() && isNumber(field)) {
      return json.getDecimalValue();
    }
    if (value == JsonToken.VALUE_STRING && WORDS.contains(field)) {
      return json.getString();
    }
    if (value.isBoolean() && field.startsWith("supports_")) {
      return value == JsonToken.VALUE_TRUE;
    }
    if (value == JsonToken.START_ARRAY && field.equals(LEVELS)) {
      List<String> levels = new ArrayList<>();
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        levels.add(json.getString());
      }
      return levels;
    }
    json.skipChildren();
    return null;
  }

  private static boolean isKnown(String field) {
    return isNumber(field) || WORDS.contains(field) || field.equals(LEVELS);
  }

  private static boolean isNumber(String field) {
    return NUMBERS.contains(field) || (field.contains(ABOVE) && field.endsWith("k_tokens"));
  }

  /** A model from its fields. */
  static Model model(String name, Map<String, Object> facts) {
    String provider = word(facts, "litellm_provider").orElse("");
    Model.Kind kind = kind(word(facts, "mode").orElse("chat"));
    Optional<Model.Price> price = price(facts, "");
    return new Model(
        name,
        provider,
        kind,
        price,
        price.flatMap(byDefault -> longPrice(facts)),
        count(facts, "max_input_tokens"),
        count(facts, "max_output_tokens"),
        number(facts, "output_vector_size")
            .map(size -> OptionalInt.of(size.intValue()))
            .orElseGet(OptionalInt::empty),
        abilities(facts, provider),
        efforts(facts, provider),
        word(facts, "default_reasoning_effort"),
        word(facts, "deprecation_date").map(day -> day(name, day)));
  }

  private static Model.Kind kind(String mode) {
    return switch (mode) {
      case "chat" -> Model.Kind.CHAT;
      case "responses" -> Model.Kind.RESPONSES;
      case "embedding" -> Model.Kind.EMBEDDING;
      case "image_generation" -> Model.Kind.IMAGE;
      default -> Model.Kind.OTHER;
    };
  }

  /** A price of 0 in both directions means that the price is not known. */
  private static Optional<Model.Price> price(Map<String, Object> facts, String tier) {
    BigDecimal input = number(facts, INPUT + tier).orElse(BigDecimal.ZERO);
    BigDecimal cached = number(facts, CACHED + tier).orElse(input);
    BigDecimal output =
        number(facts, OUTPUT + tier)
            .or(() -> number(facts, "output_cost_per_image_token" + tier))
            .orElse(BigDecimal.ZERO);
    if (input.signum() < 0 || cached.signum() < 0 || output.signum() < 0) {
      throw new IllegalArgumentException("a price is below 0");
    }
    return input.signum() + output.signum() == 0
        ? Optional.empty()
        : Optional.of(new Model.Price(input, cached, output));
  }

  private static Optional<Model.LongPrice> longPrice(Map<String, Object> facts) {
    String begin = INPUT + ABOVE;
    return facts.keySet().stream()
        .filter(field -> field.startsWith(begin) && field.endsWith("k_tokens"))
        .min((one, other) -> Long.compare(above(one), above(other)))
        .flatMap(
            field ->
                price(facts, field.substring(INPUT.length()))
                    .map(price -> new Model.LongPrice(above(field), price)));
  }

  private static long above(String field) {
    String digits = field.replaceAll("\\D", "");
    return digits.isEmpty() || digits.length() > 9 ? Long.MAX_VALUE : Long.parseLong(digits) * 1000;
  }

  private static Set<Model.Ability> abilities(Map<String, Object> facts, String provider) {
    Map<Model.Ability, Boolean> has = new LinkedHashMap<>();
    has.put(Model.Ability.TOOLS, is(facts, "supports_function_calling"));
    has.put(Model.Ability.PARALLEL_TOOLS, is(facts, "supports_parallel_function_calling"));
    has.put(Model.Ability.VISION, is(facts, "supports_vision"));
    has.put(Model.Ability.REASONING, is(facts, "supports_reasoning"));
    has.put(
        Model.Ability.STRICT_SCHEMA,
        switch (provider) {
          case "deepseek" -> false; // any JSON, but none by a schema
          case "anthropic" -> is(facts, "supports_native_structured_output");
          default -> is(facts, "supports_response_schema");
        });
    has.put(Model.Ability.SYSTEM_MESSAGES, is(facts, "supports_system_messages"));
    has.put(Model.Ability.SAMPLING, !Boolean.FALSE.equals(facts.get("supports_sampling_params")));
    Set<Model.Ability> all = EnumSet.noneOf(Model.Ability.class);
    has.forEach(
        (ability, holds) -> {
          if (holds) {
            all.add(ability);
          }
        });
    return all;
  }

  private static List<String> efforts(Map<String, Object> facts, String provider) {
    if (facts.get(LEVELS) instanceof List<?> levels) {
      return levels.stream().map(String::valueOf).toList();
    }
    boolean openAi = provider.equals("openai") || provider.equals("azure");
    if (!openAi || !is(facts, "supports_reasoning")) {
      return List.of();
    }
    List<String> efforts = new ArrayList<>();
    for (String effort : ReasoningEffort.WORDS) {
      boolean byDefault = ReasoningEffort.DEFAULT.contains(effort);
      if (byDefault || is(facts, "supports_" + effort + "_reasoning_effort")) {
        efforts.add(effort);
      }
    }
    return efforts;
  }

  private static boolean is(Map<String, Object> facts, String field) {
    return Boolean.TRUE.equals(facts.get(field));
  }

  private static Optional<String> word(Map<String, Object> facts, String field) {
    return facts.get(field) instanceof String word ? Optional.of(word) : Optional.empty();
  }

  private static Optional<BigDecimal> number(Map<String, Object> facts, String field) {
    return facts.get(field) instanceof BigDecimal number ? Optional.of(number) : Optional.empty();
  }

  private static OptionalLong count(Map<String, Object> facts, String field) {
    return number(facts, field)
        .map(number -> OptionalLong.of(number.longValue()))
        .orElseGet(OptionalLong::empty);
  }

  private static LocalDate day(String model, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          model + " has a deprecation_date that is no day, like 2026-12-31: " + text, e);
    }
  }
}
