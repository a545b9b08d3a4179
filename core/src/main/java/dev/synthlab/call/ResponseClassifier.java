package dev.synthlab.call;

import dev.synthlab.Internal;
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
 * The classification of failed attempts for all HTTP services: by status (RFC 9110), by the error
 * code in the body, and by {@code x-should-retry}.
 */
@Internal
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

  /** The status that corresponds to an error code. */
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
   * Classifies a result other than a response with status 200 to 299.
   *
   * @param result the result; the body of a response is read and closed
   * @param route the route of the request
   * @param now the current time, for dates in headers
   * @param <T> the type of the value
   * @return whether to try again or to give up
   * @throws IOException if the body of an error response cannot be read
   */
  public static <T> Verdict<T> of(AttemptResult result, Route route, Instant now)
      throws IOException {
    return switch (result) {
      case AttemptResult.ResponseReceived response -> errorStatus(response, route, now);
      case AttemptResult.TransportFailed failed -> transportFailure(failed.cause());
      case AttemptResult.NotPermitted refused -> new Verdict.GiveUp<>(notPermitted(refused, route));
    };
  }

  /**
   * The fault of a response that cannot be parsed.
   *
   * @param response the response
   * @param problem what is wrong with it
   * @param body its text, of which the beginning is kept
   * @return the fault
   */
  public static Fault malformed(
      AttemptResult.ResponseReceived response, String problem, String body) {
    String text = body.strip();
    String message =
        text.isEmpty() ? problem : problem + ": " + Fault.beginning(text, EXCERPT_LIMIT);
    return new Fault(
        Kind.MALFORMED_RESPONSE,
        message,
        OptionalInt.of(response.status()),
        Optional.empty(),
        Optional.empty(),
        requestId(response.headers()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Classifies an error in the body of a response with a success status.
   *
   * @param response the response
   * @param route the route of the request
   * @param code the error code: a name, or the status that the response should have had
   * @param message the message of the server
   * @param <T> the type of the value
   * @return whether to try again or to give up; empty if the code is unknown
   */
  public static <T> Optional<Verdict<T>> errorInBody(
      AttemptResult.ResponseReceived response, Route route, String code, String message) {
    int status =
        STATUS_OF_CODE.getOrDefault(code, code.matches("[45]\\d\\d") ? Integer.parseInt(code) : 0);
    if (status == 0) {
      return Optional.empty();
    }
    ErrorBody body =
        new ErrorBody(Optional.of(code), Optional.empty(), Optional.empty(), message.strip());
    Kind kind = kind(status, body);
    Fault fault =
        new Fault(
            kind,
            code
                + " in the answer of "
                + host(route)
                + ": "
                + Fault.beginning(message, MESSAGE_LIMIT),
            OptionalInt.of(response.status()),
            Optional.of(code),
            Optional.empty(),
            requestId(response.headers()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return Optional.of(
        isRetryable(response, kind, status)
            ? new Verdict.TryAgain<>(fault, Optional.empty())
            : new Verdict.GiveUp<>(fault));
  }

  /**
   * The request id that the server assigned.
   *
   * @param headers the headers of its response
   * @return empty if it assigned none
   */
  public static Optional<String> requestId(Headers headers) {
    return headers
        .first("x-request-id")
        .or(() -> headers.first("request-id"))
        .or(() -> headers.first("apim-request-id"));
  }

  private static <T> Verdict<T> errorStatus(
      AttemptResult.ResponseReceived response, Route route, Instant now) throws IOException {
    ErrorBody body;
    try (var open = response.body()) {
      body = ErrorBody.read(BodyReader.beginning(open, ERROR_BODY_LIMIT));
    }
    Optional<Duration> retryAfter =
        response.status() == 429 || response.status() == 503
            ? RetryAfter.of(response.headers(), now)
            : Optional.empty();
    Kind kind = kind(response.status(), body);
    Fault fault =
        new Fault(
            kind,
            message(response, body, route)
                + retryAfter.map(wait -> "; it asks to wait " + wait.toSeconds() + " s").orElse(""),
            OptionalInt.of(response.status()),
            body.code().or(body::type),
            body.parameter(),
            requestId(response.headers()),
            retryAfter,
            Optional.empty(),
            Optional.empty());
    return isRetryable(response, kind, response.status())
        ? new Verdict.TryAgain<>(fault, retryAfter)
        : new Verdict.GiveUp<>(fault);
  }

  private static boolean isRetryable(
      AttemptResult.ResponseReceived response, Kind kind, int status) {
    if (kind == Kind.QUOTA_EXCEEDED || kind == Kind.REDIRECTED) {
      return false;
    }
    Optional<String> shouldRetry =
        response.headers().first("x-should-retry").map(v -> v.strip().toLowerCase(Locale.ROOT));
    if (shouldRetry.isPresent()
        && (shouldRetry.get().equals("true") || shouldRetry.get().equals("false"))) {
      return shouldRetry.get().equals("true");
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
      AttemptResult.ResponseReceived response, ErrorBody body, Route route) {
    StringBuilder text = new StringBuilder().append(response.status());
    body.code().or(body::type).ifPresent(code -> text.append(' ').append(code));
    text.append(response.status() == 407 ? " from the proxy to " : " from ").append(host(route));
    if (response.status() == 404) {
      text.append(" for ").append(route.resource());
    }
    if (response.status() >= 300 && response.status() < 400) {
      text.append(", which points to ")
          .append(
              response
                  .headers()
                  .first("location")
                  .map(ResponseClassifier::target)
                  .orElse("nowhere"))
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

  private static <T> Verdict<T> transportFailure(TransportException cause) {
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

  private static Fault notPermitted(AttemptResult.NotPermitted refused, Route route) {
    String seconds = String.format(Locale.ROOT, "%.1f s", refused.pause().toMillis() / 1000.0);
    return switch (refused.reason()) {
      case PAUSE ->
          Fault.of(
                  Kind.RATE_LIMITED,
                  route + " asked to wait " + seconds + " more, longer than this call may take")
              .after(refused.pause());
      case RATE_LIMIT, CONCURRENCY ->
          Fault.of(
              Kind.DEADLINE_EXCEEDED, "no place became free for " + route + " within the deadline");
      case BREAKER ->
          Fault.of(Kind.CIRCUIT_OPEN, route + " failed too often and is closed for " + seconds)
              .after(refused.pause());
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
