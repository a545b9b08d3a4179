package dev.synthlab.llm;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.logging.Logging;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * The parameters that a model has refused, and what is sent in their place: learnt from the {@code
 * param} of its 400, and remembered for the route. Safe for use by many threads.
 *
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">OpenAI on error codes</a>
 */
final class UnsupportedParameters {
  private static final Logger log = Logging.component("llm");
  private static final Set<String> CODES = Set.of("unsupported_parameter", "unsupported_value");
  private static final Map<String, String> OTHER_NAMES =
      Map.of("max_tokens", "max_completion_tokens", "max_completion_tokens", "max_tokens");

  /** Parameters without which the request has another meaning. */
  private static final Set<String> ESSENTIAL =
      Set.of(
          "model",
          "messages",
          "tools",
          "tool_choice",
          "response_format",
          "stream",
          "n",
          "input",
          "prompt");

  private final Map<Route, Set<String>> refused = new ConcurrentHashMap<>();
  private final ResponseFormatFallback formats = new ResponseFormatFallback();

  /** The response formats that routes have refused. */
  ResponseFormatFallback formats() {
    return formats;
  }

  /** The body without the parameters that the route is known to refuse. */
  Map<String, Object> adapted(Route route, Map<String, Object> body) {
    Map<String, Object> repaired = body;
    for (String name : refused(route)) {
      repaired = without(route, repaired, name);
    }
    return repaired;
  }

  /** The body without the parameter that the fault names; empty when it names none that may go. */
  Optional<Map<String, Object>> adapt(Route route, Map<String, Object> body, Fault fault) {
    return adapt(route, body, fault, Set.of());
  }

  /** The same; a parameter that the client added is left out at any bad request that names it. */
  Optional<Map<String, Object>> adapt(
      Route route, Map<String, Object> body, Fault fault, Set<String> added) {
    Optional<String> named =
        fault
            .parameter()
            .filter(body::containsKey)
            .filter(
                name ->
                    added.contains(name)
                        ? fault.kind() == Fault.Kind.BAD_REQUEST
                        : fault.code().filter(CODES::contains).isPresent()
                            && !ESSENTIAL.contains(name));
    if (named.isEmpty()) {
      return Optional.empty();
    }
    refused.computeIfAbsent(route, r -> ConcurrentHashMap.newKeySet()).add(named.get());
    log.warn("{} does not take {}: it is {} from now on", route, named.get(), instead(named.get()));
    return Optional.of(without(route, body, named.get()));
  }

  private static String instead(String name) {
    return OTHER_NAMES.containsKey(name) ? "sent as " + OTHER_NAMES.get(name) : "left out";
  }

  private Map<String, Object> without(Route route, Map<String, Object> body, String name) {
    if (!body.containsKey(name)) {
      return body;
    }
    Map<String, Object> other = new LinkedHashMap<>(body);
    Object value = other.remove(name);
    String renamed = OTHER_NAMES.get(name);
    if (renamed != null && value != null && !refused(route).contains(renamed)) {
      other.putIfAbsent(renamed, value);
    }
    return other;
  }

  private Set<String> refused(Route route) {
    return refused.getOrDefault(route, Set.of());
  }
}
