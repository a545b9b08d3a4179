package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.BodyMode;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Request.AddressPolicy;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One request to a service. It is sent again if that cannot do harm. For one call.
 *
 * @param <T> what it gives
 */
final class ApiExchange<T> implements Exchange<T> {
  private static final int ERROR_BODY_LIMIT = 64 * 1024;
  private static final int TEXT_LIMIT = 4_000;

  private final ApiContext context;
  private final UnsignedRequest outgoing;
  private final ResponseReader<T> reading;
  private final ErrorBody trail;
  private final int redirects;
  private final Request request;

  ApiExchange(
      ApiContext context,
      UnsignedRequest outgoing,
      ResponseReader<T> reading,
      ErrorBody trail,
      int redirects) {
    this.context = context;
    this.outgoing = outgoing;
    this.reading = reading;
    this.trail = trail;
    this.redirects = redirects;
    this.request = outgoing.wire(context);
  }

  @Override
  public Route route() {
    return context.route(outgoing.target().address(), outgoing.target().trust());
  }

  @Override
  public long weight() {
    return 0;
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public BodyMode bodyMode() {
    if (reading.live()) {
      return BodyMode.STREAM;
    }
    return reading.transfers() ? BodyMode.TRANSFER : BodyMode.WHOLE;
  }

  @Override
  public Spend spend(T value) {
    return Spend.NONE;
  }

  @Override
  public Verdict<T> judge(AttemptResult result) throws IOException {
    trail.text = "";
    if (result instanceof AttemptResult.ResponseReceived answer) {
      if (reading.takes(answer.status())) {
        return taken(answer);
      }
      if (redirects > 0 && answer.status() / 100 == 3) {
        Optional<Verdict<T>> on = redirected(answer);
        if (on.isPresent()) {
          return on.get();
        }
      }
      return refused(answer);
    }
    return harmless(result, ResponseClassifier.of(result, route(), context.timer().now()));
  }

  private Verdict<T> taken(AttemptResult.ResponseReceived answer) throws IOException {
    try {
      return new Verdict.Accept<>(reading.read(answer));
    } catch (BodyReader.TooLargeException e) {
      answer.body().close();
      String words = "the answer of " + route() + ": " + e.getMessage();
      return new Verdict.GiveUp<>(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, words));
    } catch (JsonCodec.UnreadableException e) {
      answer.body().close();
      Fault fault =
          ResponseClassifier.malformed(answer, route() + ": " + e.getMessage(), e.beginning());
      trail.text = Fault.beginning(e.beginning(), TEXT_LIMIT);
      return e.torn()
          ? harmless(answer, new Verdict.TryAgain<>(fault, Optional.empty()))
          : new Verdict.GiveUp<>(fault);
    }
  }

  private Verdict<T> refused(AttemptResult.ResponseReceived answer) throws IOException {
    byte[] bytes;
    try (var open = answer.body()) {
      bytes = BodyReader.beginning(open, ERROR_BODY_LIMIT);
    }
    trail.text = Fault.beginning(new String(bytes, StandardCharsets.UTF_8), TEXT_LIMIT);
    AttemptResult.ResponseReceived whole =
        new AttemptResult.ResponseReceived(
            answer.status(), answer.headers(), new ByteArrayInputStream(bytes));
    Verdict<T> byDefault = ResponseClassifier.of(whole, route(), context.timer().now());
    // A model server means "come again" by it; a service, that something else is there.
    if (answer.status() == 409
        && byDefault instanceof Verdict.TryAgain<T> again
        && !asksToRepeat(answer.headers())) {
      Fault fault = again.fault();
      return new Verdict.GiveUp<>(fault.as(Fault.Kind.BAD_REQUEST, fault.message()));
    }
    return harmless(answer, byDefault);
  }

  private Optional<Verdict<T>> redirected(AttemptResult.ResponseReceived answer)
      throws IOException {
    Optional<URI> to =
        answer
            .headers()
            .first("location")
            .flatMap(location -> Uris.resolved(outgoing.target().address(), location));
    if (to.isEmpty()) {
      return Optional.empty();
    }
    URI from = outgoing.target().address();
    boolean weaker = from.getScheme().equals("https") && !to.get().getScheme().equals("https");
    UnsignedRequest next = outgoing.redirected(answer.status(), to.get(), outside());
    if (weaker || !next.body().repeatable()) {
      return Optional.empty();
    }
    answer.body().close();
    Fault fault =
        Fault.of(
            Fault.Kind.REDIRECTED,
            answer.status() + " from " + route() + ", to " + Uris.origin(to.get()));
    return Optional.of(
        new Verdict.ReplaceWith<>(
            new ApiExchange<>(context, next, reading, trail, redirects - 1), fault));
  }

  private AddressPolicy outside() {
    return trail.guarded || context.service().publicAddressesOnly()
        ? AddressPolicy.PUBLIC_ONLY
        : AddressPolicy.ANYWHERE;
  }

  /** Another try, if it cannot make the service do a thing twice. */
  private Verdict<T> harmless(AttemptResult result, Verdict<T> byDefault) {
    if (!(byDefault instanceof Verdict.TryAgain<T> again)) {
      return byDefault;
    }
    boolean unsent = untouched(result);
    if (!unsent && !outgoing.body().repeatable()) {
      return over(again.fault(), "its body can be sent one time only");
    }
    if (unsent || outgoing.idempotent() || turnedAway(result, again.fault())) {
      return byDefault;
    }
    return over(
        again.fault(),
        "the service may have acted on this "
            + outgoing.target().method()
            + "; with an idempotency key it would be");
  }

  private Verdict<T> over(Fault fault, String reason) {
    return new Verdict.GiveUp<>(
        fault.as(fault.kind(), fault.message() + " (not sent again: " + reason + ")"));
  }

  /** Whether nothing of the request has reached the service. */
  private static boolean untouched(AttemptResult result) {
    return switch (result) {
      case AttemptResult.TransportFailed broken ->
          broken.cause().phase() == Phase.RESOLVE || broken.cause().phase() == Phase.CONNECT;
      case AttemptResult.NotPermitted held -> true;
      case AttemptResult.ResponseReceived answer -> false;
    };
  }

  /** Whether the service itself says that it has not done, or that it may be asked again. */
  private static boolean turnedAway(AttemptResult result, Fault fault) {
    return result instanceof AttemptResult.ResponseReceived answer
        && (answer.status() == 429
            || answer.status() == 425
            || (answer.status() == 503 && fault.retryAfter().isPresent())
            || asksToRepeat(answer.headers()));
  }

  private static boolean asksToRepeat(Headers headers) {
    return headers
        .first("x-should-retry")
        .filter(v -> v.strip().equalsIgnoreCase("true"))
        .isPresent();
  }

  /** What one call leaves behind for its exception. For one thread at a time. */
  static final class ErrorBody {
    final boolean guarded;
    String text = "";

    ErrorBody(boolean guarded) {
      this.guarded = guarded;
    }
  }
}
