package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.BodyMode;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.RetrySafety;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Request;
import dev.synthlab.http.Request.AddressPolicy;
import dev.synthlab.json.JsonCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One request to a service, and the decision whether it may be retried. For one call.
 *
 * @param <T> the type of the result
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
      UnsignedRequest unsigned,
      ResponseReader<T> reader,
      ErrorBody errorBody,
      int redirectsLeft) {
    this.context = context;
    this.unsigned = unsigned;
    this.reader = reader;
    this.errorBody = errorBody;
    this.redirectsLeft = redirectsLeft;
    this.request = unsigned.signed(context);
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
  public BodyMode bodyMode() {
    if (reader.live()) {
      return BodyMode.STREAM;
    }
    return reader.transfers() ? BodyMode.TRANSFER : BodyMode.WHOLE;
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
      String message = "the response of " + route() + ": " + e.getMessage();
      return new Verdict.GiveUp<>(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, message));
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
    // A model server uses 409 for a transient conflict; other services use it as a result.
    if (answer.status() == 409
        && byDefault instanceof Verdict.TryAgain<T> again
        && !RetrySafety.shouldRetryHeader(answer.headers())) {
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

  /** Retries only if the service cannot process the request twice. */
  private Verdict<T> retryIfSafe(AttemptResult result, Verdict<T> byDefault) {
    return RetrySafety.of(request).limit(result, byDefault);
  }

  /** The last error body of a call, for its exception. For one thread at a time. */
  static final class ErrorBody {
    final boolean publicOnly;
    String text = "";

    ErrorBody(boolean guarded) {
      this.publicOnly = guarded;
    }
  }
}
