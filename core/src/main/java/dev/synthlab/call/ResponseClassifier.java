package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.call.Fault.Kind;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The classification of failed attempts for all HTTP services: by status (RFC 9110), by the error
 * code in the body, and by {@code x-should-retry}.
 */
@Internal
public final class ResponseClassifier {
  private static final int ERROR_BODY_LIMIT = 64 * 1024;
  private static final int MESSAGE_LIMIT = 2_000;
  private static final int EXCERPT_LIMIT = 200;

  private static final Set<Integer> TRANSIENT = Set.of(408, 409, 425, 429);
  private static final Set<Integer> PERMANENT = Set.of(501, 505, 511);

  /** The statuses with which a server asks for fewer requests, if it names a time to wait. */
  private static final Set<Integer> THROTTLING = Set.of(429, 503, 529);

  /** The statuses with which servers refuse a model that they do not have. */
  private static final Set<Integer> UNKNOWN_MODEL = Set.of(400, 404, 422);

  /** The statuses with which servers refuse a request for its content. */
  private static final Set<Integer> FILTERING = Set.of(400, 403, 422);

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
   * Classifies an error in the body of a response with a success status, as if the response had the
   * status that the error describes.
   *
   * @param response the response
   * @param route the route of the request
   * @param error the error
   * @param now the current time, for dates
   * @param <T> the type of the value
   * @return whether to try again or to give up; empty if the error describes no status
   */
  public static <T> Optional<Verdict<T>> errorInBody(
      AttemptResult.ResponseReceived response, Route route, ErrorBody error, Instant now) {
    if (error.status().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> code = error.codes().stream().findFirst();
    String message =
        code.orElse("an error")
            + " in the answer of "
            + host(route)
            + ": "
            + Fault.beginning(error.message(), MESSAGE_LIMIT);
    int status = error.status().getAsInt();
    Description shown = new Description(message, code);
    return Optional.of(verdict(response, route, status, error, shown, now));
  }

  /**
   * The request id that the server assigned.
   *
   * @param headers the headers of its response
   * @return empty if it assigned none
   */
  public static Optional<String> requestId(Headers headers) {
    Optional<String> id = headers.first("x-request-id");
    if (id.isEmpty()) {
      id = headers.first("request-id");
    }
    return id.isPresent() ? id : headers.first("apim-request-id");
  }

  private static <T> Verdict<T> errorStatus(
      AttemptResult.ResponseReceived response, Route route, Instant now) throws IOException {
    ErrorBody body;
    try (var open = response.body()) {
      byte[] bytes = BodyReader.beginning(open, ERROR_BODY_LIMIT);
      body = ErrorBody.read(new String(bytes, StandardCharsets.UTF_8));
    }
    int status = effectiveStatus(response.status(), body);
    Optional<String> code = body.code(response.status());
    Description shown = new Description(message(response, body, route), code);
    return verdict(response, route, status, body, shown, now);
  }

  /** The status that counts: the body may be more precise than 400, and than 500 to 599. */
  private static int effectiveStatus(int status, ErrorBody body) {
    OptionalInt own = body.numericStatus();
    boolean precise =
        status == 400 || (status >= 500 && Set.of(401, 402, 429).contains(own.orElse(0)));
    return precise ? own.orElse(status) : status;
  }

  /** What is shown of an error. */
  private record Description(String message, Optional<String> code) {}

  private static <T> Verdict<T> verdict(
      AttemptResult.ResponseReceived response,
      Route route,
      int status,
      ErrorBody body,
      Description shown,
      Instant now) {
    boolean noModel =
        UNKNOWN_MODEL.contains(status) && ErrorCodes.isUnknownModel(body, route.resource());
    Kind kind = kind(status, body, noModel);
    boolean again = isRetryable(response, kind, status);
    Optional<Duration> wait =
        again || kind == Kind.RATE_LIMITED
            ? RetryAfter.of(status, response.headers(), body, now)
            : Optional.empty();
    Fault fault =
        new Fault(
            kind,
            shown.message() + wait.map(time -> "; it asks to wait " + seconds(time)).orElse(""),
            OptionalInt.of(response.status()),
            noModel && kind == Kind.NOT_FOUND ? Optional.of(Fault.MODEL_NOT_FOUND) : shown.code(),
            body.parameter(),
            requestId(response.headers()),
            wait,
            Optional.empty(),
            Optional.empty());
    boolean throttled = kind == Kind.RATE_LIMITED || isThrottling(status, wait);
    return again ? new Verdict.TryAgain<>(fault, wait, throttled) : new Verdict.GiveUp<>(fault);
  }

  /** Whether a server only asked for fewer requests. */
  static boolean isThrottled(Fault fault) {
    return isThrottling(fault.status().orElse(0), fault.retryAfter());
  }

  private static boolean isThrottling(int status, Optional<Duration> wait) {
    return wait.isPresent() && THROTTLING.contains(status);
  }

  private static String seconds(Duration wait) {
    return BigDecimal.valueOf(wait.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  private static boolean isRetryable(
      AttemptResult.ResponseReceived response, Kind kind, int status) {
    if (kind == Kind.QUOTA_EXCEEDED || kind == Kind.REDIRECTED || kind == Kind.PROMPT_FILTERED) {
      return false;
    }
    Optional<String> shouldRetry =
        response.headers().first("x-should-retry").map(v -> v.strip().toLowerCase(Locale.ROOT));
    if (shouldRetry.isPresent()
        && (shouldRetry.get().equals("true") || shouldRetry.get().equals("false"))) {
      return shouldRetry.get().equals("true");
    }
    return kind != Kind.AUTHENTICATION
        && (TRANSIENT.contains(status) || (status >= 500 && !PERMANENT.contains(status)));
  }

  private static Kind kind(int status, ErrorBody body, boolean noModel) {
    if (status >= 300 && status < 400) {
      return Kind.REDIRECTED;
    }
    if (status == 402 || ErrorCodes.isQuota(body) || isLongPeriod(status, body)) {
      return Kind.QUOTA_EXCEEDED;
    }
    if (FILTERING.contains(status) && ErrorCodes.isFilter(body)) {
      return Kind.PROMPT_FILTERED;
    }
    boolean key = status == 400 ? ErrorCodes.isKey(body) : ErrorCodes.namesKey(body);
    return switch (status) {
      case 401, 403 -> Kind.AUTHENTICATION;
      case 404 -> Kind.NOT_FOUND;
      case 407 -> Kind.CONNECTION_FAILED;
      case 429 -> Kind.RATE_LIMITED;
      case 408, 409, 425 -> Kind.SERVER_FAILED;
      default -> {
        if (key) {
          yield Kind.AUTHENTICATION;
        }
        if (noModel) {
          yield Kind.NOT_FOUND;
        }
        yield status >= 500 ? Kind.SERVER_FAILED : Kind.BAD_REQUEST;
      }
    };
  }

  private static boolean isLongPeriod(int status, ErrorBody body) {
    return (status == 429 || status == 403) && ErrorCodes.isLongPeriod(body);
  }

  private static String message(
      AttemptResult.ResponseReceived response, ErrorBody body, Route route) {
    StringBuilder text = new StringBuilder().append(response.status());
    body.code(response.status()).ifPresent(code -> text.append(' ').append(code));
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
          case TLS, PROXY, FORBIDDEN, CLOSED -> true;
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
      case CLOSED -> Kind.CANCELLED;
      case RESOLVE, CONNECT, PROXY, EXCHANGE, BODY -> Kind.CONNECTION_FAILED;
    };
  }

  private static Fault notPermitted(AttemptResult.NotPermitted refused, Route route) {
    String seconds = String.format(Locale.ROOT, "%.1f s", refused.pause().toMillis() / 1000.0);
    return switch (refused.reason()) {
      case PAUSE ->
          Fault.of(
                  Kind.RATE_LIMITED,
                  route + " is paused for " + seconds + " more, longer than this call may take")
              .after(refused.pause());
      case RATE_LIMIT, CONCURRENCY ->
          Fault.of(
              Kind.DEADLINE_EXCEEDED, "no place became free for " + route + " within the deadline");
      case BREAKER ->
          Fault.of(Kind.CIRCUIT_OPEN, route + " failed too often and is closed for " + seconds)
              .after(refused.pause());
    };
  }
}
