package dev.synthlab.openai;

import com.openai.core.http.HttpRequest;
import dev.synthlab.spans.ContextSnapshot;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of callers, from the moment at which the library makes a request to that at which it
 * sends it. Asynchronous services send on another thread and take nothing along; but they ask for
 * the token on the thread of the caller, and so the token names its context. Safe for use by many
 * threads.
 */
final class CallerContexts {
  /** Requests that were made and are never sent must not add up. */
  private static final int MAX = 100_000;

  private static final String MARK = " synthlab-caller=";
  private static final String FIELD = "Authorization";

  private final Map<String, Caller> callers = new ConcurrentHashMap<>();

  /**
   * Who makes a request.
   *
   * @param context trace, labels and MDC
   * @param cancellation is told when nobody waits for the answer any more
   */
  record Caller(ContextSnapshot context, @Nullable Cancellation cancellation) {}

  /** The token that the library sends, and the name of the context of the current thread. */
  Supplier<String> tokens(String key) {
    return () -> {
      if (callers.size() >= MAX) {
        return key;
      }
      String id = UUID.randomUUID().toString();
      callers.put(id, new Caller(ContextSnapshot.capture(), Cancellation.current()));
      return key + MARK + id;
    };
  }

  /** The caller of a request, once. */
  Optional<Caller> take(HttpRequest request) {
    return request.headers().values(FIELD).stream()
        .filter(value -> value.contains(MARK))
        .map(value -> value.substring(value.indexOf(MARK) + MARK.length()))
        .flatMap(id -> Optional.ofNullable(callers.remove(id)).stream())
        .findFirst();
  }

  /** The value of a header as it is sent. */
  static String withoutName(String value) {
    int mark = value.indexOf(MARK);
    return mark < 0 ? value : value.substring(0, mark);
  }
}
