package dev.synthlab.llm;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.EmbeddingResponseParser.Vectors;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Embeds any number of texts: in as many requests as the limits of the API need, a few in parallel,
 * all within one deadline. The first failure ends the others. For one call.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings/create">the bounds</a>
 */
final class EmbeddingCall {
  static final int MAX_INPUTS = 2_048;

  /** The API allows 300,000 by its own count; ours is an estimate and may be too low. */
  static final long MAX_TOKENS = 200_000;

  /** A longer text is refused: it is sent alone, so that no other text fails with it. */
  static final long MAX_INPUT = 8_191;

  static final int CONCURRENCY = 4;

  /** The embedded model computes one vector after the other, within the timeout of an attempt. */
  private static final int MAX_INPUTS_EMBEDDED = 8;

  private static final int BYTES_A_TOKEN = 4;
  private static final String ENCODING = "encoding_format";

  private final PreparedChat.ModelContext client;
  private final CallLoop loop;
  private final Timer timer;
  private final EmbeddingRequest request;
  private final String model;

  EmbeddingCall(
      PreparedChat.ModelContext client, CallLoop loop, Timer timer, EmbeddingRequest request) {
    this.client = client;
    this.loop = loop;
    this.timer = timer;
    this.request = request;
    this.model = client.endpoint().model(request);
  }

  /** The inputs of one request. */
  private record Batch(List<String> inputs, long tokens) {}

  CallResult<Embeddings> run(Deadline deadline) {
    List<Batch> batches = batches(request.inputs());
    if (batches.size() > 1) {
      return several(batches, deadline);
    }
    return switch (ask(batches.getFirst(), deadline)) {
      case CallResult.Answered<Vectors> ok -> joined(List.of(ok));
      case CallResult.Failed<Vectors> failed ->
          new CallResult.Failed<>(failed.fault(), failed.report());
    };
  }

  /** A text may have twice the estimated tokens. */
  Optional<BigDecimal> maxCost() {
    long tokens = request.inputs().stream().mapToLong(EmbeddingCall::tokens).sum();
    Usage max = new Usage(2 * tokens, 0, 0, 0, false);
    return client.endpoint().known().spend(model, model, max).costUsd();
  }

  private CallResult<Vectors> ask(Batch batch, Deadline deadline) {
    int inputs = batch.inputs().size();
    var verb =
        new PreparedPost.Verb(
            "/embeddings",
            new CallMetadata.Operation("embeddings", request.options().operation()),
            Set.of(ENCODING),
            client.unreadableTries());
    Map<String, Object> body = body(batch.inputs());
    PreparedPost prepared = PreparedPost.of(verb, client, body, batch.tokens());
    ModelExchange<PreparedPost, Vectors> exchange =
        new ModelExchange<>(
            prepared,
            new ResponseJsonReader<>(() -> new EmbeddingResponseParser(inputs, batch.tokens())),
            timer);
    LlmSpan span =
        LlmSpan.of(
            loop.telemetry(),
            Tracing.Kind.EMBEDDING,
            "CreateEmbeddings",
            exchange.route(),
            body,
            request.options());
    return span.around(
        () -> {
          CallResult<Vectors> result = loop.run(exchange, deadline);
          switch (result) {
            case CallResult.Answered<Vectors> ok ->
                span.embedded(batch.inputs(), ok.value(), ok.report());
            case CallResult.Failed<Vectors> failed -> span.failed(failed.exception());
          }
          return result;
        });
  }

  private Map<String, Object> body(List<String> inputs) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put("input", inputs);
    body.put(ENCODING, "base64");
    request.dimensions().ifPresent(numbers -> body.put("dimensions", numbers));
    request
        .options()
        .parameters()
        .forEach(
            (name, value) -> {
              if (!name.equals("model") && !name.equals("input")) {
                body.put(name, value);
              }
            });
    return body;
  }

  private List<Batch> batches(List<String> inputs) {
    int max = client.endpoint().embedded() ? MAX_INPUTS_EMBEDDED : MAX_INPUTS;
    List<Batch> batches = new ArrayList<>();
    int from = 0;
    long sum = 0;
    for (int i = 0; i < inputs.size(); i++) {
      long tokens = tokens(inputs.get(i));
      boolean alone = tokens > MAX_INPUT || (sum > MAX_INPUT && i - from == 1);
      if (i > from && (alone || i - from == max || sum + tokens > MAX_TOKENS)) {
        batches.add(new Batch(inputs.subList(from, i), sum));
        from = i;
        sum = 0;
      }
      sum += tokens;
    }
    batches.add(new Batch(inputs.subList(from, inputs.size()), sum));
    return batches;
  }

  /** An estimate by the bytes of the text, which also suits scripts with long characters. */
  private static long tokens(String text) {
    long bytes =
        text.chars().mapToLong(c -> c < 0x80 ? 1 : c < 0x800 || isSurrogate(c) ? 2 : 3).sum();
    return Math.ceilDiv(bytes, BYTES_A_TOKEN);
  }

  private static boolean isSurrogate(int unit) {
    return Character.isSurrogate((char) unit);
  }

  private CallResult<Embeddings> several(List<Batch> batches, Deadline deadline) {
    Instant started = timer.now();
    long begin = timer.nanos();
    int concurrency = client.endpoint().embedded() ? 1 : CONCURRENCY;
    ParallelTasks<CallResult<Vectors>> parts =
        new ParallelTasks<>(
            batches.size(),
            concurrency,
            i -> ask(batches.get(i), deadline),
            result -> result instanceof CallResult.Failed<Vectors>);
    try {
      Optional<CallResult<Vectors>> failure = parts.runUntilEnd();
      if (failure.isPresent() && failure.get() instanceof CallResult.Failed<Vectors> failed) {
        return new CallResult.Failed<>(failed.fault(), failed.report());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return interrupted(started, Duration.ofNanos(timer.nanos() - begin));
    }
    List<CallResult.Answered<Vectors>> answered = new ArrayList<>();
    for (CallResult<Vectors> result : parts.results()) {
      if (result instanceof CallResult.Answered<Vectors> ok) {
        answered.add(ok);
      }
    }
    return joined(answered);
  }

  private CallResult<Embeddings> interrupted(Instant started, Duration elapsed) {
    Route route = client.endpoint().route(model);
    Fault fault = Fault.of(Fault.Kind.CANCELLED, "the call to " + route + " was interrupted");
    CallReport report =
        CallReports.unsent(
            route, started, elapsed, Spend.NONE, Optional.of(fault), CallMetadata.NONE);
    return new CallResult.Failed<>(fault, report);
  }

  private CallResult<Embeddings> joined(List<CallResult.Answered<Vectors>> parts) {
    List<float[]> vectors = new ArrayList<>(request.inputs().size());
    parts.forEach(part -> vectors.addAll(part.value().vectors()));
    String answered = parts.getFirst().value().model();
    Usage usage = parts.stream().map(part -> part.value().usage()).reduce(Usage::plus).get();
    CallReport report = joinedReport(parts.stream().map(CallResult.Answered::report).toList());
    String by = answered.isEmpty() ? model : answered;
    return new CallResult.Answered<>(new Embeddings(vectors, model, by, usage, report), report);
  }

  private static CallReport joinedReport(List<CallReport> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Instant started = parts.stream().map(CallReport::started).min(Comparator.naturalOrder()).get();
    Instant ended =
        parts.stream()
            .map(part -> part.started().plus(part.elapsed()))
            .max(Comparator.naturalOrder())
            .get();
    List<Attempt> attempts =
        parts.stream()
            .flatMap(part -> part.attempts().stream())
            .sorted(Comparator.comparing(Attempt::started))
            .toList();
    Duration held = parts.stream().map(CallReport::queued).max(Comparator.naturalOrder()).get();
    Spend spend = parts.stream().map(CallReport::spend).reduce(EmbeddingCall::sum).get();
    return CallReports.of(
        parts.getFirst().route(),
        started,
        Duration.between(started, ended),
        held,
        attempts,
        spend,
        Optional.empty(),
        parts.getFirst().metadata());
  }

  private static Spend sum(Spend one, Spend other) {
    Optional<BigDecimal> cost =
        one.costUsd().flatMap(first -> other.costUsd().map(second -> first.add(second)));
    return CallReports.spend(one.inputTokens() + other.inputTokens(), 0, 0, 0, cost);
  }
}
