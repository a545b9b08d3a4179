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

/** One chat completion whose pieces are handed on as they come. For one call. */
final class StreamExchange implements Exchange<ChatStream> {
  private final PreparedChat chat;
  private final Timer timer;
  private int malformed;

  StreamExchange(PreparedChat chat, Timer timer) {
    this.chat = chat;
    this.timer = timer;
  }

  @Override
  public Route route() {
    return chat.route();
  }

  @Override
  public long weight() {
    return chat.weight();
  }

  @Override
  public Request request() {
    return chat.wire();
  }

  @Override
  public Optional<Exchange<ChatStream>> fallback(Fault fault) {
    return chat.fallback(fault).map(next -> new StreamExchange(next, timer));
  }

  @Override
  public BodyMode bodyMode() {
    return BodyMode.STREAM;
  }

  @Override
  public Verdict<ChatStream> judge(AttemptResult result) throws IOException {
    if (!(result instanceof AttemptResult.ResponseReceived answer) || answer.status() / 100 != 2) {
      Verdict<ChatStream> verdict = ResponseClassifier.of(result, route(), timer.now());
      return verdict instanceof Verdict.GiveUp<ChatStream> over ? repaired(over) : verdict;
    }
    ChatStream stream = new ChatStream(answer, chat);
    try {
      stream.awaitFirst();
      return new Verdict.Accept<>(stream);
    } catch (BodyReader.TooLargeException e) {
      stream.close();
      return new Verdict.GiveUp<>(
          Fault.of(
              Fault.Kind.RESPONSE_TOO_LARGE, "the stream of " + route() + ": " + e.getMessage()));
    } catch (ChatStream.BadStreamException e) {
      stream.close();
      Optional<Verdict<ChatStream>> named =
          e.code().flatMap(code -> ResponseClassifier.errorInBody(answer, route(), code, e.body()));
      if (named.isPresent()) {
        return named.get();
      }
      Fault fault =
          ResponseClassifier.malformed(answer, route() + " sent " + e.getMessage(), e.body());
      malformed++;
      return malformed < chat.unreadableTries()
          ? new Verdict.TryAgain<>(fault, Optional.empty())
          : new Verdict.GiveUp<>(fault);
    }
  }

  private Verdict<ChatStream> repaired(Verdict.GiveUp<ChatStream> over) {
    Optional<PreparedChat> other = chat.repaired(over.fault());
    return other.isPresent()
        ? new Verdict.ReplaceWith<>(new StreamExchange(other.get(), timer), over.fault())
        : new Verdict.GiveUp<>(chat.explained(over.fault()));
  }

  @Override
  public CallMetadata.Operation purpose() {
    return chat.purpose();
  }

  @Override
  public CallMetadata.AnswerMetadata said(ChatStream stream) {
    return stream.said();
  }

  @Override
  public Optional<CallMetadata.Content> texts(Optional<ChatStream> stream) {
    return Optional.of(chat.texts(stream.map(ChatStream::text).orElse("")));
  }

  @Override
  public Optional<Fault> brokenBy(ChatStream stream) {
    return stream.brokenBy();
  }

  @Override
  public Optional<BigDecimal> maxCostUsd() {
    return chat.maxCostOfFirst();
  }

  @Override
  public Spend spend(ChatStream stream) {
    return stream.spend();
  }
}
