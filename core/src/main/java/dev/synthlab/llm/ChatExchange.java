package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Request;
import dev.synthlab.http.SseReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/** One chat completion, whole or over a stream that is read to its end. For one call. */
final class ChatExchange implements Exchange<ChatExchange.Whole> {
  private final PreparedChat chat;
  private final boolean streamed;
  private final Timer timer;
  private int malformed;

  ChatExchange(PreparedChat chat, boolean streamed, Timer timer) {
    this.chat = chat;
    this.streamed = streamed;
    this.timer = timer;
  }

  /** An answer that was read to its end, to a request of so many characters. */
  record Whole(
      ChatResponseReader answer, String json, Optional<String> requestId, PreparedChat chat) {

    Completion completion(String request, CallReport report) {
      return new Completion(
          answer.text.toString(),
          answer.finishReason(),
          chat.usage(answer),
          request,
          answer.model.isEmpty() ? request : answer.model,
          requestId,
          json,
          answer.toolCalls(),
          problem(),
          List.of(),
          report);
    }

    private Optional<AnswerException> problem() {
      String text = answer.text.toString();
      if (!answer.refusal.isEmpty()) {
        return Optional.of(new AnswerException.Refused(answer.refusal.toString()));
      }
      if (answer.finishReason().equals(FinishReason.CONTENT_FILTER)) {
        return Optional.of(new AnswerException.ContentFiltered(text));
      }
      if (!answer.calls.isEmpty() && !chat.offersTools()) {
        String names =
            answer.calls.stream().map(call -> call.tool).collect(Collectors.joining(", "));
        return Optional.of(new AnswerException.UnexpectedToolCall(names, text));
      }
      if (text.isEmpty() && answer.finishReason().equals(FinishReason.LENGTH)) {
        return Optional.of(new AnswerException.Truncated(text));
      }
      return Optional.empty();
    }

    /** Whether there is anything in it that a caller could use. */
    boolean saysSomething() {
      return answer.choice
          && (!answer.text.isEmpty()
              || !answer.refusal.isEmpty()
              || !answer.calls.isEmpty()
              || answer.finishReason().equals(FinishReason.LENGTH)
              || answer.finishReason().equals(FinishReason.CONTENT_FILTER));
    }
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
  public Verdict<Whole> judge(AttemptResult result) throws IOException {
    if (result instanceof AttemptResult.ResponseReceived answer && answer.status() / 100 == 2) {
      try (var open = answer.body()) {
        return streamed
            ? readStream(answer)
            : readWhole(answer, BodyReader.whole(open, BodyReader.MAX_BYTES));
      } catch (BodyReader.TooLargeException e) {
        return new Verdict.GiveUp<>(
            Fault.of(
                Fault.Kind.RESPONSE_TOO_LARGE, "the answer of " + route() + ": " + e.getMessage()));
      }
    }
    Verdict<Whole> verdict = ResponseClassifier.of(result, route(), timer.now());
    return verdict instanceof Verdict.GiveUp<Whole> over ? repaired(over) : verdict;
  }

  private Verdict<Whole> repaired(Verdict.GiveUp<Whole> over) {
    Optional<PreparedChat> other = chat.repaired(over.fault());
    return other.isPresent()
        ? new Verdict.ReplaceWith<>(new ChatExchange(other.get(), streamed, timer), over.fault())
        : new Verdict.GiveUp<>(chat.explained(over.fault()));
  }

  @Override
  public Optional<Exchange<Whole>> fallback(Fault fault) {
    return chat.fallback(fault).map(next -> new ChatExchange(next, streamed, timer));
  }

  @Override
  public CallMetadata.Operation purpose() {
    return chat.purpose();
  }

  @Override
  public CallMetadata.AnswerMetadata said(Whole whole) {
    return chat.said(whole.answer(), whole.requestId());
  }

  @Override
  public Optional<CallMetadata.Content> texts(Optional<Whole> whole) {
    return Optional.of(chat.texts(whole.map(w -> w.answer().text.toString()).orElse("")));
  }

  @Override
  public Optional<BigDecimal> maxCostUsd() {
    return chat.maxCostOfFirst();
  }

  @Override
  public Spend spend(Whole whole) {
    return chat.spend(whole.answer());
  }

  private Verdict<Whole> readWhole(AttemptResult.ResponseReceived head, byte[] bytes) {
    // Bytes that are no UTF-8 are replaced: a parser of bytes would refuse the whole answer.
    String text = new String(bytes, StandardCharsets.UTF_8);
    ChatResponseReader answer = new ChatResponseReader();
    String json;
    try {
      answer.read(text);
      json = SingleLineJson.of(text);
    } catch (JacksonException e) {
      return unreadable(head, e, text);
    }
    if (answer.error.isPresent()) {
      return malformed(head, "status 200 with an error", answer.error.get());
    }
    return accepted(head, answer, json, text);
  }

  private Verdict<Whole> readStream(AttemptResult.ResponseReceived head) throws IOException {
    ChatResponseReader answer = new ChatResponseReader();
    SseReader events = new SseReader(head.body());
    String last = "";
    try {
      for (var next = events.next(); next.isPresent(); next = events.next()) {
        last = next.get().data();
        if (last.strip().equals("[DONE]")) {
          break;
        }
        answer.add(last);
        if (answer.error.isPresent()) {
          String said = answer.error.get();
          return answer
              .errorCode
              .flatMap(code -> ResponseClassifier.<Whole>errorInBody(head, route(), code, said))
              .orElseGet(() -> malformed(head, "the stream brought an error", said));
        }
      }
    } catch (BodyReader.TooLargeException e) {
      return new Verdict.GiveUp<>(
          Fault.of(
                  Fault.Kind.RESPONSE_TOO_LARGE, "the stream of " + route() + ": " + e.getMessage())
              .withPartial(answer.text.toString()));
    } catch (JacksonException e) {
      return unreadable(head, e, last);
    }
    if (answer.finish.isEmpty()) {
      return malformed(head, "the stream ended without a finish reason", last);
    }
    return accepted(head, answer, SingleLineJson.rebuilt(answer), last);
  }

  private Verdict<Whole> accepted(
      AttemptResult.ResponseReceived head, ChatResponseReader answer, String json, String body) {
    Whole whole = new Whole(answer, json, ResponseClassifier.requestId(head.headers()), chat);
    return whole.saysSomething()
        ? new Verdict.Accept<>(whole)
        : malformed(
            head, answer.choice ? "an answer without text" : "an answer without choices", body);
  }

  private Verdict<Whole> unreadable(
      AttemptResult.ResponseReceived head, JacksonException e, String body) {
    return malformed(head, "an answer that is not the JSON expected (" + place(e) + ")", body);
  }

  private static String place(JacksonException e) {
    return Fault.beginning(e.getOriginalMessage(), 100);
  }

  private Verdict<Whole> malformed(
      AttemptResult.ResponseReceived head, String reason, String body) {
    Fault fault = ResponseClassifier.malformed(head, route() + " sent " + reason, body);
    malformed++;
    return malformed < chat.unreadableTries()
        ? new Verdict.TryAgain<>(fault, Optional.empty())
        : new Verdict.GiveUp<>(fault);
  }
}
