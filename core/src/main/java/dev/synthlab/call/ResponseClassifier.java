package dev.synthlab.call;

import dev.synthlab.call.Fault.Kind;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What every event but a successful answer means, for any service that speaks HTTP: by status (RFC
 * 9110), by the error code in the body, and by {@code x-should-retry}.
 */
public final class ResponseClassifier {
  private static final int ERROR_BODY_LIMIT = 64 * 1024;
  private static final int MESSAGE_LIMIT = 2_000;
  private static final int EXCERPT_LIMIT = 200;
  private static final int WORD_LIMIT = 100;

  private static final Set<String> QUOTA_CODES =
      Set.of(
          "insufficient_quota",
          "billing_hard_limit_reached",
          "billing_not_active",
          "insufficient_balance");
  private static final Set<Integer> TRANSIENT = Set.of(408, 409, 425, 429);
  private static final Set<Integer> PERMANENT = Set.of(501, 505, 511);

  /** What the words that stand for a status mean. */
  private static final Map<String, Integer> STATUS_OF_CODE =
      Map.of(
          "insufficient_quota", 429,
          "rate_limit_exceeded", 429,
          "invalid_api_key", 401,
          "model_not_found", 404,
          "context_length_exceeded", 400,
          "server_error", 500);

  private ResponseClassifier() {}

  /**
   * Says what an event means that is not an answer with a status of 200 to 299.
   *
   * @param result what came; the body of an answer is read and closed
   * @param route where the request went
   * @param now for dates in headers
   * @param <T> what the call gives
   * @return to go on or to give up
   * @throws IOException when the body of an error answer broke
   */
  public static <T> Verdict<T> of(AttemptResult result, Route route, Instant now)
      throws IOException {
    return switch (result) {
      case AttemptResult.ResponseReceived answer -> answered(answer, route, now);
      case AttemptResult.TransportFailed broken -> broken(broken.cause());
      case AttemptResult.NotPermitted held -> new Verdict.GiveUp<>(withheld(held, route));
    };
  }

  /**
   * An answer that cannot be read as what it should be.
   *
   * @param answer its head
   * @param reason what is wrong with it
   * @param body its text, of which a short piece is kept
   * @return the fault
   */
  public static Fault malformed(AttemptResult.ResponseReceived answer, String reason, String body) {
    String text = body.strip();
    String message = text.isEmpty() ? reason : reason + ": " + Fault.beginning(text, EXCERPT_LIMIT);
    return new Fault(
        Kind.MALFORMED_RESPONSE,
        message,
        OptionalInt.of(answer.status()),
        Optional.empty(),
        Optional.empty(),
        requestId(answer.headers()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * An error that came inside an answer whose status said that all is well.
   *
   * @param answer its head
   * @param route where the request went
   * @param code what the server calls the error: a word, or the status it would have had
   * @param said the server's words
   * @param <T> what the call gives
   * @return to go on or to give up; empty when the code says nothing known
   */
  public static <T> Optional<Verdict<T>> inside(
      AttemptResult.ResponseReceived answer, Route route, String code, String said) {
    int status =
        STATUS_OF_CODE.getOrDefault(code, code.matches("[45]\\d\\d") ? Integer.parseInt(code) : 0);
    if (status == 0) {
      return Optional.empty();
    }
    ErrorBody body =
        new ErrorBody(Optional.of(code), Optional.empty(), Optional.empty(), said.strip());
    Kind kind = kind(status, body);
    Fault fault =
        new Fault(
            kind,
            code + " in the answer of " + host(route) + ": " + Fault.beginning(said, MESSAGE_LIMIT),
            OptionalInt.of(answer.status()),
            Optional.of(code),
            Optional.empty(),
            requestId(answer.headers()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return Optional.of(
        again(answer, kind, status)
            ? new Verdict.TryAgain<>(fault, Optional.empty())
            : new Verdict.GiveUp<>(fault));
  }

  /**
   * The server's name for the request.
   *
   * @param headers of its answer
   * @return empty when it gave none
   */
  public static Optional<String> requestId(Headers headers) {
    return headers
        .first("x-request-id")
        .or(() -> headers.first("request-id"))
        .or(() -> headers.first("apim-request-id"));
  }

  private static <T> Verdict<T> answered(
      AttemptResult.ResponseReceived answer, Route route, Instant now) throws IOException {
    ErrorBody body;
    try (var open = answer.body()) {
      body = ErrorBody.read(BodyReader.beginning(open, ERROR_BODY_LIMIT));
    }
    Optional<Duration> named =
        answer.status() == 429 || answer.status() == 503
            ? RetryAfter.of(answer.headers(), now)
            : Optional.empty();
    Kind kind = kind(answer.status(), body);
    Fault fault =
        new Fault(
            kind,
            message(answer, body, route)
                + named.map(wait -> "; it asks to wait " + wait.toSeconds() + " s").orElse(""),
            OptionalInt.of(answer.status()),
            body.code().or(body::type),
            body.parameter(),
            requestId(answer.headers()),
            named,
            Optional.empty(),
            Optional.empty());
    return again(answer, kind, answer.status())
        ? new Verdict.TryAgain<>(fault, named)
        : new Verdict.GiveUp<>(fault);
  }

  private static boolean again(AttemptResult.ResponseReceived answer, Kind kind, int status) {
    if (kind == Kind.QUOTA_EXCEEDED || kind == Kind.REDIRECTED) {
      return false;
    }
    Optional<String> request =
        answer.headers().first("x-should-retry").map(v -> v.strip().toLowerCase(Locale.ROOT));
    if (request.isPresent() && (request.get().equals("true") || request.get().equals("false"))) {
      return request.get().equals("true");
    }
    return TRANSIENT.contains(status) || (status >= 500 && !PERMANENT.contains(status));
  }

  private static Kind kind(int status, ErrorBody body) {
    if (status == 402 || (status == 429 && body.names(QUOTA_CODES))) {
      return Kind.QUOTA_EXCEEDED;
    }
    return switch (status) {
      case 401, 403 -> Kind.AUTHENTICATION;
      case 404 -> Kind.NOT_FOUND;
      case 407 -> Kind.CONNECTION_FAILED;
      case 429 -> Kind.RATE_LIMITED;
      case 408, 409, 425 -> Kind.SERVER_FAILED;
      default -> {
        if (status >= 500) {
          yield Kind.SERVER_FAILED;
        }
        yield status >= 300 && status < 400 ? Kind.REDIRECTED : Kind.BAD_REQUEST;
      }
    };
  }

  private static String message(
      AttemptResult.ResponseReceived answer, ErrorBody body, Route route) {
    StringBuilder text = new StringBuilder().append(answer.status());
    body.code().or(body::type).ifPresent(code -> text.append(' ').append(code));
    text.append(answer.status() == 407 ? " from the proxy to " : " from ").append(host(route));
    if (answer.status() == 404) {
      text.append(" for ").append(route.resource());
    }
    if (answer.status() >= 300 && answer.status() < 400) {
      text.append(", which points to ")
          .append(
              answer.headers().first("location").map(ResponseClassifier::target).orElse("nowhere"))
          .append("; redirects are not followed");
    }
    String said = body.message().strip();
    if (!said.isEmpty()) {
      text.append(": ");
      text.append(Fault.beginning(said, MESSAGE_LIMIT));
    }
    return text.toString();
  }

  private static String target(String location) {
    try {
      URI uri = URI.create(location);
      return uri.getHost() == null ? uri.getPath() : uri.getScheme() + "://" + uri.getHost();
    } catch (IllegalArgumentException e) {
      return "an address that cannot be read";
    }
  }

  private static String host(Route route) {
    return route.base().getAuthority() == null
        ? route.base().toString()
        : route.base().getAuthority();
  }

  private static <T> Verdict<T> broken(TransportException cause) {
    Fault fault = Fault.of(kind(cause), String.valueOf(cause.getMessage())).because(cause);
    boolean permanent =
        switch (cause.phase()) {
          case TLS, PROXY, FORBIDDEN -> true;
          case RESOLVE, CONNECT, EXCHANGE, BODY, TIMEOUT -> false;
        };
    return permanent
        ? new Verdict.GiveUp<>(fault)
        : new Verdict.TryAgain<>(fault, Optional.empty());
  }

  private static Kind kind(TransportException cause) {
    return switch (cause.phase()) {
      case TLS -> Kind.TLS_FAILED;
      case FORBIDDEN -> Kind.BAD_REQUEST;
      case TIMEOUT -> Kind.DEADLINE_EXCEEDED;
      case RESOLVE, CONNECT, PROXY, EXCHANGE, BODY -> Kind.CONNECTION_FAILED;
    };
  }

  private static Fault withheld(AttemptResult.NotPermitted held, Route route) {
    String seconds = String.format(Locale.ROOT, "%.1f s", held.pause().toMillis() / 1000.0);
    return switch (held.reason()) {
      case PAUSE ->
          Fault.of(
                  Kind.RATE_LIMITED,
                  route + " asked to wait " + seconds + " more, longer than this call may take")
              .after(held.pause());
      case LIMIT, PLACE ->
          Fault.of(
              Kind.DEADLINE_EXCEEDED, "no place became free for " + route + " within the deadline");
      case BREAKER ->
          Fault.of(Kind.CIRCUIT_OPEN, route + " failed too often and is closed for " + seconds)
              .after(held.pause());
    };
  }

  /** What a server said about an error, in whichever of the usual forms. */
  private record ErrorBody(
      Optional<String> code, Optional<String> type, Optional<String> parameter, String message) {

    boolean names(Set<String> codes) {
      return code.filter(codes::contains).isPresent() || type.filter(codes::contains).isPresent();
    }

    static ErrorBody read(byte[] bytes) {
      try {
        JsonNode root = Json.mapper().readTree(bytes);
        JsonNode error = root.path("error");
        if (error.isObject()) {
          return new ErrorBody(
              word(error, "code"),
              word(error, "type"),
              word(error, "param"),
              text(error, "message").orElseGet(error::toString));
        }
        if (root.isObject()) {
          return plain(
              text(root, "error")
                  .or(() -> text(root, "message"))
                  .or(() -> text(root, "detail"))
                  .orElseGet(root::toString));
        }
      } catch (JacksonException e) {
        // Not JSON: a proxy's page or plain words. What it says is shown as it is.
      }
      String words = new String(bytes, StandardCharsets.UTF_8);
      return plain(Fault.beginning(words, EXCERPT_LIMIT));
    }

    private static ErrorBody plain(String message) {
      return new ErrorBody(Optional.empty(), Optional.empty(), Optional.empty(), message);
    }

    private static Optional<String> word(JsonNode node, String name) {
      return text(node, name).map(word -> Fault.beginning(word, WORD_LIMIT));
    }

    private static Optional<String> text(JsonNode node, String name) {
      JsonNode value = node.path(name);
      return value.isString() || value.isNumber()
          ? Optional.of(value.asString()).filter(s -> !s.isBlank())
          : Optional.empty();
    }
  }
}
