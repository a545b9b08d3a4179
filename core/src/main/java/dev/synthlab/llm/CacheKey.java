package dev.synthlab.llm;

import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key of a request in the cache: equal for requests with the same body to the same address,
 * however their JSON is ordered and their numbers are written. API keys, deadlines and the names in
 * traces do not count.
 */
final class CacheKey {
  /** The members of a request that hold schemas. */
  private static final Set<String> WITH_SCHEMAS = Set.of("response_format", "tools", "functions");

  /** In a schema the order of the properties is the order in which a model answers them. */
  private static final Set<String> SCHEMAS = Set.of("schema", "parameters");

  /** Other headers may select the server that answers; these only authenticate. */
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "api-key", "x-api-key", "cookie");

  private CacheKey() {}

  static String of(Endpoint endpoint, CompletionRequest request) {
    Map<String, Object> body =
        ChatRequestBody.body(
            request, endpoint.model(request), ResponseFormatFallback.surest(request), false);
    List<Object> all = List.of(address(endpoint.settings()), canonical(body, false));
    return HexFormat.of().formatHex(sha256().digest(ChatRequestBody.bytes(Map.of("request", all))));
  }

  private static List<Object> address(Settings.Llm settings) {
    Map<String, Object> headers = new TreeMap<>();
    for (Map.Entry<String, Secret> header : settings.headers().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!CREDENTIALS.contains(name)) {
        headers.put(name, header.getValue().reveal());
      }
    }
    return List.of(settings.baseUrl().toString(), settings.azureApiVersion().orElse(""), headers);
  }

  private static Object canonical(@Nullable Object value, boolean hasSchemas) {
    return switch (value) {
      case null -> List.of();
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach(
            (name, inner) -> {
              if (inner != null) {
                String key = String.valueOf(name);
                boolean isSchema = hasSchemas && SCHEMAS.contains(key);
                boolean below = hasSchemas || WITH_SCHEMAS.contains(key);
                sorted.put(key, isSchema ? inner : canonical(inner, below));
              }
            });
        yield sorted;
      }
      case List<?> list -> {
        List<Object> all = new ArrayList<>();
        list.forEach(inner -> all.add(canonical(inner, hasSchemas)));
        yield all;
      }
      case Number number -> plain(number);
      default -> value;
    };
  }

  private static Object plain(Number number) {
    try {
      return new BigDecimal(number.toString()).stripTrailingZeros().toString();
    } catch (NumberFormatException e) { // not a number of JSON: the request will fail
      return number.toString();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
