package dev.synthlab.llm;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.logging.Logging;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * The strategies to request a response format, and those that a route has refused: a strict schema,
 * else JSON mode with the schema in the instructions, else instructions alone. Safe for use by many
 * threads.
 */
final class ResponseFormatFallback {
  private static final Logger log = Logging.component("llm");

  /** The error messages of servers without a strategy; each names the parameter or its type. */
  private static final List<String> LACKS =
      List.of("response_format", "response format", "json_schema", "json_object", "json mode");

  /** The error messages of servers that have the strategy, but refuse this schema or answer. */
  private static final List<String> NOT_THIS_ONE =
      List.of(
          "invalid schema",
          "invalid_json_schema",
          "json schema conversion",
          "json schema contains",
          "unimplemented keys",
          "failed to generate json",
          "json_validate_failed",
          "word 'json'");

  private final Map<Route, Set<Strategy>> refused = new ConcurrentHashMap<>();

  /** A strategy to request a format, the most reliable first. */
  enum Strategy {
    SCHEMA,
    OBJECT,
    WORDS;

    /** The next strategy after this one; the last stays. */
    Strategy below() {
      return switch (this) {
        case SCHEMA -> OBJECT;
        case OBJECT, WORDS -> WORDS;
      };
    }
  }

  /** The first strategy that neither the catalogue nor the route is known to refuse. */
  Strategy first(Route route, CompletionRequest request, Optional<Model> model) {
    Strategy surest = surest(request);
    boolean lacks = model.isPresent() && !model.get().can(Model.Ability.STRICT_SCHEMA);
    return from(route, surest == Strategy.SCHEMA && lacks ? Strategy.OBJECT : surest);
  }

  static Strategy surest(CompletionRequest request) {
    return switch (request.format()) {
      case ResponseFormat.Schema schema -> Strategy.SCHEMA;
      case ResponseFormat.Json json -> Strategy.OBJECT;
      case ResponseFormat.Text text -> Strategy.WORDS;
    };
  }

  private Strategy from(Route route, Strategy surest) {
    Set<Strategy> known = refused.getOrDefault(route, Set.of());
    Strategy strategy = surest;
    while (strategy != Strategy.WORDS && known.contains(strategy)) {
      strategy = strategy.below();
    }
    return strategy;
  }

  /** The strategy after one that is refused; empty when the fault has another cause. */
  Optional<Strategy> next(Route route, CompletionRequest request, Strategy tried, Fault fault) {
    boolean ours = tried != Strategy.WORDS && !request.body().containsKey("response_format");
    if (!ours || fault.kind() != Fault.Kind.BAD_REQUEST) {
      return Optional.empty();
    }
    String said =
        (fault.message() + " " + fault.code().orElse("") + " " + fault.parameter().orElse(""))
            .toLowerCase(Locale.ROOT);
    boolean once = NOT_THIS_ONE.stream().anyMatch(said::contains);
    if (!once && LACKS.stream().noneMatch(said::contains)) {
      return Optional.empty();
    }
    if (!once) {
      refused.merge(route, EnumSet.of(tried), ResponseFormatFallback::both);
      log.warn("{} lacks {}: {}", route, words(tried), instead(from(route, tried)));
    }
    return Optional.of(from(route, tried.below()));
  }

  private static Set<Strategy> both(Set<Strategy> known, Set<Strategy> more) {
    Set<Strategy> all = EnumSet.copyOf(known);
    all.addAll(more);
    return all;
  }

  private static String words(Strategy strategy) {
    return switch (strategy) {
      case SCHEMA -> "JSON schemas";
      case OBJECT -> "JSON mode";
      case WORDS -> "nothing";
    };
  }

  private static String instead(Strategy strategy) {
    return switch (strategy) {
      case SCHEMA -> "they are sent all the same";
      case OBJECT -> "it is asked by JSON mode, the schema in the instructions, from now on";
      case WORDS -> "it is asked by instructions from now on";
    };
  }
}
