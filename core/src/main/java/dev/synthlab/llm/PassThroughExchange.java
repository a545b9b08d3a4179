package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.BodyMode;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.ErrorBody;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** One request of another client library, and the verdict on each of its responses. */
final class PassThroughExchange implements Exchange<PassThroughBody> {
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final int MAX_WHOLE_BYTES = 64 << 20;
  private static final int UNREADABLE_TRIES = 3;

  private final PassThroughPrompt prompt;
  private final Timer timer;
  private Optional<Refusal> refusal = Optional.empty();
  private boolean live;
  private int unreadable;

  PassThroughExchange(PassThroughPrompt prompt, Timer timer) {
    this.prompt = prompt;
    this.timer = timer;
  }

  /** A response that may be an answer, and its reader. */
  record Answer(
      PassThroughPrompt prompt, AttemptResult.ResponseReceived head, AnswerReader reader) {}

  /** An error response; the library gets it redacted. */
  record Refusal(int status, Headers headers, String body) {
    Refusal {
      headers =
          new Headers(
              headers.fields().stream()
                  .map(each -> new Headers.Field(each.name(), Redactor.redact(each.value())))
                  .toList());
      body = Redactor.redact(body);
    }

    PassThroughResponse response(CallReport report) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return new PassThroughResponse(status, headers, new ByteArrayInputStream(bytes), report);
    }
  }

  /** The last error response, if it is the reason why the call failed. */
  Optional<Refusal> refusal(Fault fault) {
    boolean said =
        switch (fault.kind()) {
          case BAD_REQUEST,
              PROMPT_FILTERED,
              AUTHENTICATION,
              NOT_FOUND,
              QUOTA_EXCEEDED,
              RATE_LIMITED,
              SERVER_FAILED,
              CONNECTION_FAILED,
              REDIRECTED ->
              fault.status().isPresent();
          case BUDGET_EXCEEDED,
              TLS_FAILED,
              DEADLINE_EXCEEDED,
              MALFORMED_RESPONSE,
              RESPONSE_TOO_LARGE,
              STREAM_INTERRUPTED,
              CIRCUIT_OPEN,
              CANCELLED ->
              false;
        };
    return said ? refusal : Optional.empty();
  }

  @Override
  public Route route() {
    return prompt.route();
  }

  @Override
  public long weight() {
    return prompt.weight();
  }

  @Override
  public Request request() {
    return prompt.wire();
  }

  @Override
  public BodyMode bodyMode() {
    return live ? BodyMode.STREAM : BodyMode.WHOLE;
  }

  @Override
  public CallMetadata.Operation purpose() {
    return prompt.operation();
  }

  @Override
  public CallMetadata.AnswerMetadata said(PassThroughBody value) {
    return CallMetadata.AnswerMetadata.by(
        Optional.of(value.reader().model()).filter(model -> !model.isEmpty()),
        ResponseClassifier.requestId(value.headers()),
        prompt.known().prices(value.spend()));
  }

  @Override
  public Optional<CallMetadata.Content> texts(Optional<PassThroughBody> value) {
    return prompt.content(value.map(body -> body.reader().text()).orElse(""));
  }

  @Override
  public Optional<Fault> brokenBy(PassThroughBody value) {
    return value.brokenBy();
  }

  @Override
  public Optional<BigDecimal> maxCostUsd() {
    return prompt.maxCostUsd();
  }

  @Override
  public Spend spend(PassThroughBody value) {
    return value.spend();
  }

  @Override
  public Verdict<PassThroughBody> judge(AttemptResult result) throws IOException {
    refusal = Optional.empty();
    live = false;
    if (result instanceof AttemptResult.ResponseReceived head) {
      Verdict<PassThroughBody> verdict = head.status() / 100 == 2 ? read(head) : refused(head);
      return prompt.safety().limit(result, verdict);
    }
    return prompt.safety().limit(result, ResponseClassifier.of(result, route(), timer.now()));
  }

  private Verdict<PassThroughBody> refused(AttemptResult.ResponseReceived head) throws IOException {
    byte[] bytes;
    try (var open = head.body()) {
      bytes = BodyReader.beginning(open, MAX_ERROR_BYTES);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    refusal = Optional.of(new Refusal(head.status(), head.headers(), text));
    AttemptResult.ResponseReceived whole =
        new AttemptResult.ResponseReceived(
            head.status(), head.headers(), new ByteArrayInputStream(bytes));
    return ResponseClassifier.of(whole, route(), timer.now());
  }

  private Verdict<PassThroughBody> read(AttemptResult.ResponseReceived head) throws IOException {
    Answer answer = new Answer(prompt, head, prompt.reader());
    try {
      PassThroughBody body = body(answer);
      live = body.isLive();
      return new Verdict.Accept<>(body);
    } catch (BodyReader.TooLargeException e) {
      String message = "the answer of " + route() + ": " + e.getMessage();
      return new Verdict.GiveUp<>(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, message));
    } catch (JacksonException e) {
      return unusable(head, UnusableResponseException.notJson(e, ""));
    } catch (UnusableResponseException e) {
      return unusable(head, e);
    }
  }

  private PassThroughBody body(Answer answer) throws IOException, UnusableResponseException {
    AttemptResult.ResponseReceived head = answer.head();
    String type = head.headers().first("content-type").orElse("").toLowerCase(Locale.ROOT);
    boolean json = type.contains("json");
    boolean known = prompt.kind() != PassThroughPrompt.Kind.OTHER;
    boolean events = type.startsWith("text/event-stream");
    if (events || (known && prompt.streamed() && !json && !type.contains("html"))) {
      if (known && !prompt.streamed()) {
        throw new UnusableResponseException("events where an object was requested");
      }
      return PassThroughBody.live(answer, PassThroughEvents.open(head, answer.reader()));
    }
    if (!known && !json) {
      return PassThroughBody.live(answer, head.body());
    }
    byte[] bytes;
    try (var open = head.body()) {
      bytes = BodyReader.whole(open, MAX_WHOLE_BYTES);
    }
    try {
      answer.reader().whole(bytes);
    } catch (JacksonException e) {
      throw UnusableResponseException.notJson(e, new String(bytes, StandardCharsets.UTF_8));
    }
    if (known && prompt.streamed()) {
      throw new UnusableResponseException("an object where events were requested");
    }
    return PassThroughBody.whole(answer, bytes);
  }

  private Verdict<PassThroughBody> unusable(
      AttemptResult.ResponseReceived head, UnusableResponseException e) {
    Optional<Verdict<PassThroughBody>> stated =
        e.error()
            .flatMap(
                error ->
                    ResponseClassifier.<PassThroughBody>errorInBody(
                        head, route(), error, timer.now()));
    if (stated.isPresent()) {
      refusal = e.error().map(error -> refusal(head, error));
      return stated.get();
    }
    Fault fault = ResponseClassifier.malformed(head, route() + " sent " + e.reason(), e.body());
    unreadable++;
    return unreadable < UNREADABLE_TRIES
        ? new Verdict.TryAgain<>(fault, Optional.empty())
        : new Verdict.GiveUp<>(fault);
  }

  /** The response that the server should have sent for an error in a body with status 200. */
  private static Refusal refusal(AttemptResult.ResponseReceived head, ErrorBody error) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("message", error.message());
    error.codes().stream().findFirst().ifPresent(code -> said.put("code", code));
    error.parameter().ifPresent(parameter -> said.put("param", parameter));
    return new Refusal(
        error.status().orElseThrow(),
        head.headers(),
        Json.mapper().writeValueAsString(Map.of("error", said)));
  }
}
