package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
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
  private static final int MAX_ERROR_BODY_BYTES = 64 * 1024;
  private static final int MAX_TEXT_CHARS = 4_000;

  private final ApiContext context;
  private final UnsignedRequest unsigned;
  private final ResponseReader<T> reader;
  private final ErrorBody errorBody;
  private final int redirectsLeft;
  private final Request request;

  ApiExchange(
      ApiContext context,
      UnsignedRequest outgoing,
      ResponseReader<T> reading,
      ErrorBody trail,
      int redirects) {
    this.context = context;
    this.unsigned = outgoing;
    this.reader = reading;
    this.errorBody = trail;
    this.redirectsLeft = redirects;
    this.request = outgoing.signed(context);
  }

  @Override
  public Route route() {
    return context.route(unsigned.target().address(), unsigned.target().ownership());
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
  public boolean live() {
    return reader.live();
  }

  @Override
  public boolean transfers() {
    return reader.transfers();
  }

  @Override
  public Spend spend(T value) {
    return Spend.NONE;
  }

  @Override
  public Verdict<T> judge(AttemptResult result) throws IOException {
    errorBody.text = "";
    if (result instanceof AttemptResult.ResponseReceived answer) {
      if (reader.accepts(answer.status())) {
        return accept(answer);
      }
      if (redirectsLeft > 0 && answer.status() / 100 == 3) {
        Optional<Verdict<T>> on = followRedirect(answer);
        if (on.isPresent()) {
          return on.get();
        }
      }
      return classifyError(answer);
    }
    return retryIfSafe(result, ResponseClassifier.of(result, route(), context.timer().now()));
  }

  private Verdict<T> accept(AttemptResult.ResponseReceived answer) throws IOException {
    try {
      return new Verdict.Accept<>(reader.read(answer));
    } catch (BodyReader.TooLargeException e) {
      answer.body().close();
      String words = "the answer of " + route() + ": " + e.getMessage();
      return new Verdict.GiveUp<>(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, words));
    } catch (JsonCodec.UnreadableException e) {
      answer.body().close();
      Fault fault =
          ResponseClassifier.malformed(answer, route() + ": " + e.getMessage(), e.beginning());
      errorBody.text = Fault.beginning(e.beginning(), MAX_TEXT_CHARS);
      return e.torn()
          ? retryIfSafe(answer, new Verdict.TryAgain<>(fault, Optional.empty()))
          : new Verdict.GiveUp<>(fault);
    }
  }

  private Verdict<T> classifyError(AttemptResult.ResponseReceived answer) throws IOException {
    byte[] bytes;
    try (var open = answer.body()) {
      bytes = BodyReader.beginning(open, MAX_ERROR_BODY_BYTES);
    }
    errorBody.text = Fault.beginning(new String(bytes, StandardCharsets.UTF_8), MAX_TEXT_CHARS);
    AttemptResult.ResponseReceived whole =
        new AttemptResult.ResponseReceived(
            answer.status(), answer.headers(), new ByteArrayInputStream(bytes));
    Verdict<T> byDefault = ResponseClassifier.of(whole, route(), context.timer().now());
    // A model server means "come again" by it; a service, that something else is there.
    if (answer.status() == 409
        && byDefault instanceof Verdict.TryAgain<T> again
        && !shouldRetryHeader(answer.headers())) {
      Fault fault = again.fault();
      return new Verdict.GiveUp<>(fault.as(Fault.Kind.BAD_REQUEST, fault.message()));
    }
    return retryIfSafe(answer, byDefault);
  }

  private Optional<Verdict<T>> followRedirect(AttemptResult.ResponseReceived answer)
      throws IOException {
    Optional<URI> to =
        answer
            .headers()
            .first("location")
            .flatMap(location -> Uris.resolve(unsigned.target().address(), location));
    if (to.isEmpty()) {
      return Optional.empty();
    }
    URI from = unsigned.target().address();
    boolean weaker = from.getScheme().equals("https") && !to.get().getScheme().equals("https");
    UnsignedRequest next = unsigned.redirected(answer.status(), to.get(), redirectPolicy());
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
            new ApiExchange<>(context, next, reader, errorBody, redirectsLeft - 1), fault));
  }

  private AddressPolicy redirectPolicy() {
    return errorBody.publicOnly || context.service().publicAddressesOnly()
        ? AddressPolicy.PUBLIC_ONLY
        : AddressPolicy.ANYWHERE;
  }

  /** Another try, if it cannot make the service do a thing twice. */
  private Verdict<T> retryIfSafe(AttemptResult result, Verdict<T> byDefault) {
    if (!(byDefault instanceof Verdict.TryAgain<T> again)) {
      return byDefault;
    }
    boolean unsent = neverSent(result);
    if (!unsent && !unsigned.body().repeatable()) {
      return giveUp(again.fault(), "its body can be sent one time only");
    }
    if (unsent || unsigned.idempotent() || serverAllowsRetry(result, again.fault())) {
      return byDefault;
    }
    return giveUp(
        again.fault(),
        "the service may have acted on this "
            + unsigned.target().method()
            + "; with an idempotency key it would be");
  }

  private Verdict<T> giveUp(Fault fault, String reason) {
    return new Verdict.GiveUp<>(
        fault.as(fault.kind(), fault.message() + " (not sent again: " + reason + ")"));
  }

  /** Whether nothing of the request has reached the service. */
  private static boolean neverSent(AttemptResult result) {
    return switch (result) {
      case AttemptResult.TransportFailed broken ->
          broken.cause().phase() == Phase.RESOLVE || broken.cause().phase() == Phase.CONNECT;
      case AttemptResult.NotPermitted held -> true;
      case AttemptResult.ResponseReceived answer -> false;
    };
  }

  /** Whether the service itself says that it has not done, or that it may be asked again. */
  private static boolean serverAllowsRetry(AttemptResult result, Fault fault) {
    return result instanceof AttemptResult.ResponseReceived answer
        && (answer.status() == 429
            || answer.status() == 425
            || (answer.status() == 503 && fault.retryAfter().isPresent())
            || shouldRetryHeader(answer.headers()));
  }

  private static boolean shouldRetryHeader(Headers headers) {
    return headers
        .first("x-should-retry")
        .filter(v -> v.strip().equalsIgnoreCase("true"))
        .isPresent();
  }

  /** What one call leaves behind for its exception. For one thread at a time. */
  static final class ErrorBody {
    final boolean publicOnly;
    String text = "";

    ErrorBody(boolean guarded) {
      this.publicOnly = guarded;
    }
  }
}
