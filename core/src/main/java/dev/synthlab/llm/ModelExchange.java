package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.BodyMode;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * One request to a model server, and the verdict on each of its responses: an error is repaired or
 * classified, a success is read. For one call.
 *
 * @param <P> the request
 * @param <T> what a successful response is read as
 */
final class ModelExchange<P extends PreparedRequest<P>, T> implements Exchange<T> {
  private final P prepared;
  private final ResponseReader<P, T> reader;
  private final Timer timer;
  private int unreadable;

  ModelExchange(P prepared, ResponseReader<P, T> reader, Timer timer) {
    this.prepared = prepared;
    this.reader = reader;
    this.timer = timer;
  }

  @Override
  public Route route() {
    return prepared.route();
  }

  @Override
  public long weight() {
    return prepared.weight();
  }

  @Override
  public Request request() {
    return prepared.wire();
  }

  @Override
  public BodyMode bodyMode() {
    return reader.live() ? BodyMode.STREAM : BodyMode.WHOLE;
  }

  @Override
  public CallMetadata.Operation purpose() {
    return prepared.operation();
  }

  @Override
  public CallMetadata.AnswerMetadata said(T value) {
    return reader.metadata(prepared, value);
  }

  @Override
  public Optional<CallMetadata.Content> texts(Optional<T> value) {
    return prepared.content(value.map(reader::text).orElse(""));
  }

  @Override
  public Optional<Fault> brokenBy(T value) {
    return reader.brokenBy(value);
  }

  @Override
  public Optional<BigDecimal> maxCostUsd() {
    return prepared.maxCostUsd();
  }

  @Override
  public Spend spend(T value) {
    return reader.spend(prepared, value);
  }

  @Override
  public Optional<Exchange<T>> fallback(Fault fault) {
    return prepared.fallback(fault).map(next -> new ModelExchange<>(next, reader, timer));
  }

  @Override
  public Verdict<T> judge(AttemptResult result) throws IOException {
    if (result instanceof AttemptResult.ResponseReceived head && head.status() / 100 == 2) {
      return read(head);
    }
    Verdict<T> verdict = ResponseClassifier.of(result, route(), timer.now());
    return verdict instanceof Verdict.GiveUp<T> over ? repaired(over) : verdict;
  }

  private Verdict<T> repaired(Verdict.GiveUp<T> over) {
    Optional<P> other = prepared.repaired(over.fault());
    return other.isPresent()
        ? new Verdict.ReplaceWith<>(new ModelExchange<>(other.get(), reader, timer), over.fault())
        : new Verdict.GiveUp<>(prepared.explained(over.fault()));
  }

  private Verdict<T> read(AttemptResult.ResponseReceived head) throws IOException {
    try {
      return new Verdict.Accept<>(reader.read(prepared, head));
    } catch (BodyReader.TooLargeException e) {
      return new Verdict.GiveUp<>(tooLarge(e));
    } catch (UnusableResponseException e) {
      if (e.getCause() instanceof BodyReader.TooLargeException large) {
        return new Verdict.GiveUp<>(tooLarge(large).withPartial(e.body()));
      }
      Optional<Verdict<T>> stated =
          e.error()
              .flatMap(
                  error -> ResponseClassifier.<T>errorInBody(head, route(), error, timer.now()));
      Verdict<T> verdict = stated.orElseGet(() -> unusable(head, e));
      return stated.isPresent() && verdict instanceof Verdict.GiveUp<T> over
          ? repaired(over)
          : verdict;
    }
  }

  private Fault tooLarge(BodyReader.TooLargeException e) {
    String message = "the " + reader.noun() + " of " + route() + ": " + e.getMessage();
    return Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, message);
  }

  private Verdict<T> unusable(AttemptResult.ResponseReceived head, UnusableResponseException e) {
    Fault fault = ResponseClassifier.malformed(head, route() + " sent " + e.reason(), e.body());
    unreadable++;
    return unreadable < prepared.unreadableTries()
        ? new Verdict.TryAgain<>(fault, Optional.empty())
        : new Verdict.GiveUp<>(fault);
  }
}
