package dev.synthlab.llm;

import dev.synthlab.call.About;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Classification;
import dev.synthlab.call.Event;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.Bodies;
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
  private final Plan plan;
  private final boolean streamed;
  private final Timer timer;
  private int malformed;

  ChatExchange(Plan plan, boolean streamed, Timer timer) {
    this.plan = plan;
    this.streamed = streamed;
    this.timer = timer;
  }

  /** An answer that was read to its end, to a request of so many characters. */
  record Whole(ChatAnswer answer, String json, Optional<String> requestId, Plan plan) {

    Completion completion(String asked, CallReport report) {
      return new Completion(
          answer.text.toString(),
          answer.finishReason(),
          plan.usage(answer),
          asked,
          answer.model.isEmpty() ? asked : answer.model,
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
      if (!answer.calls.isEmpty() && !plan.offersTools()) {
        String names =
            answer.calls.stream().map(call -> call.tool).collect(Collectors.joining(", "));
        return Optional.of(new AnswerException.UnaskedToolCall(names, text));
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
    return plan.route();
  }

  @Override
  public long weight() {
    return plan.weight();
  }

  @Override
  public Request request() {
    return plan.wire();
  }

  @Override
  public Verdict<Whole> judge(Event event) throws IOException {
    if (event instanceof Event.Arrived answer && answer.status() / 100 == 2) {
      try (var open = answer.body()) {
        return streamed
            ? readStream(answer)
            : readWhole(answer, Bodies.whole(open, Bodies.MAX_BYTES));
      } catch (Bodies.TooLargeException e) {
        return new Verdict.GiveUp<>(
            Fault.of(
                Fault.Kind.RESPONSE_TOO_LARGE, "the answer of " + route() + ": " + e.getMessage()));
      }
    }
    Verdict<Whole> verdict = Classification.of(event, route(), timer.now());
    return verdict instanceof Verdict.GiveUp<Whole> over ? mended(over) : verdict;
  }

  private Verdict<Whole> mended(Verdict.GiveUp<Whole> over) {
    Optional<Plan> other = plan.mended(over.fault());
    return other.isPresent()
        ? new Verdict.Next<>(new ChatExchange(other.get(), streamed, timer), over.fault())
        : new Verdict.GiveUp<>(plan.explained(over.fault()));
  }

  @Override
  public Optional<Exchange<Whole>> fallback(Fault fault) {
    return plan.fallback(fault).map(next -> new ChatExchange(next, streamed, timer));
  }

  @Override
  public About.Purpose purpose() {
    return plan.purpose();
  }

  @Override
  public About.Said said(Whole whole) {
    return plan.said(whole.answer(), whole.requestId());
  }

  @Override
  public Optional<About.Texts> texts(Optional<Whole> whole) {
    return Optional.of(plan.texts(whole.map(w -> w.answer().text.toString()).orElse("")));
  }

  @Override
  public Optional<BigDecimal> mostUsd() {
    return plan.mostCostOfFirst();
  }

  @Override
  public Spend spend(Whole whole) {
    return plan.spend(whole.answer());
  }

  private Verdict<Whole> readWhole(Event.Arrived head, byte[] bytes) {
    // Bytes that are no UTF-8 are replaced: a parser of bytes would refuse the whole answer.
    String text = new String(bytes, StandardCharsets.UTF_8);
    ChatAnswer answer = new ChatAnswer();
    String json;
    try {
      answer.read(text);
      json = OneLine.of(text);
    } catch (JacksonException e) {
      return unreadable(head, e, text);
    }
    if (answer.error.isPresent()) {
      return malformed(head, "status 200 with an error", answer.error.get());
    }
    return accepted(head, answer, json, text);
  }

  private Verdict<Whole> readStream(Event.Arrived head) throws IOException {
    ChatAnswer answer = new ChatAnswer();
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
              .flatMap(code -> Classification.<Whole>inside(head, route(), code, said))
              .orElseGet(() -> malformed(head, "the stream brought an error", said));
        }
      }
    } catch (Bodies.TooLargeException e) {
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
    return accepted(head, answer, OneLine.rebuilt(answer), last);
  }

  private Verdict<Whole> accepted(Event.Arrived head, ChatAnswer answer, String json, String body) {
    Whole whole = new Whole(answer, json, Classification.requestId(head.headers()), plan);
    return whole.saysSomething()
        ? new Verdict.Accept<>(whole)
        : malformed(
            head, answer.choice ? "an answer without text" : "an answer without choices", body);
  }

  private Verdict<Whole> unreadable(Event.Arrived head, JacksonException e, String body) {
    return malformed(head, "an answer that is not the JSON expected (" + place(e) + ")", body);
  }

  private static String place(JacksonException e) {
    return Fault.beginning(e.getOriginalMessage(), 100);
  }

  private Verdict<Whole> malformed(Event.Arrived head, String why, String body) {
    Fault fault = Classification.malformed(head, route() + " sent " + why, body);
    malformed++;
    return malformed < plan.unreadableTries()
        ? new Verdict.Again<>(fault, Optional.empty())
        : new Verdict.GiveUp<>(fault);
  }
}
