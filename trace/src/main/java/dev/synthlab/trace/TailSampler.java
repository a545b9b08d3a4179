package dev.synthlab.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A sampler in this process that decides when a request has ended. The spans of one request to a
 * model or to another service, with its rounds, tools and repairs, are buffered until the request
 * ends. All of them are exported if one of them failed, was retried or was repaired, or if the
 * request is in the random sample. Spans around requests are always exported. Thread-safe.
 */
final class TailSampler implements SpanProcessor {
  private static final AttributeKey<String> KIND =
      AttributeKey.stringKey("openinference.span.kind");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("synthlab.service");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("synthlab.attempts");
  private static final AttributeKey<Long> ROUNDS = AttributeKey.longKey("synthlab.rounds");
  private static final Set<String> CALLS = Set.of("LLM", "EMBEDDING");

  /** The scope of chains and agents that are part of a request. */
  private static final String SCOPE = "synth_lab.llm";

  /** Spans beyond this number of open ones are exported without sampling, to bound the memory. */
  private static final int MAX_OPEN = 50_000;

  private static final int MAX_BUFFERED_PER_REQUEST = 1_000;

  private final SpanProcessor next;
  private final double share;
  private final SpanCounters counters;
  private final Map<String, PendingTrace> open = new ConcurrentHashMap<>();

  TailSampler(SpanProcessor next, double share, SpanCounters counters) {
    this.next = next;
    this.share = share;
    this.counters = counters;
  }

  private enum Decision {
    OPEN,
    SAMPLED,
    DROPPED
  }

  /** One request that has not ended, with the spans that have. */
  private static final class PendingTrace {
    private final String root;
    private final List<ReadableSpan> buffered = new ArrayList<>();
    private Decision decision = Decision.OPEN;
    private boolean interesting;

    PendingTrace(String root) {
      this.root = root;
    }

    /** The spans to export after a child span has ended. */
    synchronized List<ReadableSpan> ended(ReadableSpan span) {
      if (decision == Decision.OPEN) {
        buffered.add(span);
        interesting |= TailSampler.isInteresting(span);
        return buffered.size() < MAX_BUFFERED_PER_REQUEST ? List.of() : decide(true);
      }
      return decision == Decision.SAMPLED ? List.of(span) : List.of();
    }

    synchronized boolean isInteresting() {
      return interesting;
    }

    synchronized List<ReadableSpan> decide(boolean sampled) {
      if (decision == Decision.OPEN) {
        decision = sampled ? Decision.SAMPLED : Decision.DROPPED;
      }
      List<ReadableSpan> all = decision == Decision.SAMPLED ? List.copyOf(buffered) : List.of();
      buffered.clear();
      return all;
    }

    synchronized boolean isSampled() {
      return decision == Decision.SAMPLED;
    }
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    String kind = span.getAttribute(KIND);
    boolean request =
        kind != null
            && (CALLS.contains(kind)
                || span.getAttribute(SERVICE) != null
                || span.getInstrumentationScopeInfo().getName().equals(SCOPE));
    PendingTrace parentTrace = open.get(span.getParentSpanContext().getSpanId());
    if ((parentTrace != null || request) && open.size() < MAX_OPEN) {
      String id = span.getSpanContext().getSpanId();
      open.put(id, parentTrace != null ? parentTrace : new PendingTrace(id));
    }
  }

  @Override
  public boolean isStartRequired() {
    return share < 1;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    String id = span.getSpanContext().getSpanId();
    PendingTrace pending = open.remove(id);
    if (pending == null) {
      export(span);
      return;
    }
    if (!pending.root.equals(id)) {
      pending.ended(span).forEach(this::export);
      return;
    }
    pending
        .decide(pending.isInteresting() || isInteresting(span) || inSample(id))
        .forEach(this::export);
    if (pending.isSampled()) {
      export(span);
    }
  }

  /** Whether the span failed, was retried or was repaired. */
  private static boolean isInteresting(ReadableSpan span) {
    return isMoreThanOne(span.getAttribute(ATTEMPTS))
        || isMoreThanOne(span.getAttribute(ROUNDS))
        || span.toSpanData().getStatus().getStatusCode() == StatusCode.ERROR;
  }

  private static boolean isMoreThanOne(@Nullable Long number) {
    return number != null && number > 1;
  }

  /** Span ids are random: the decision for an id is always the same. */
  private boolean inSample(String spanId) {
    long number = Long.parseUnsignedLong(spanId, 16) >>> 1;
    return number < share * Long.MAX_VALUE;
  }

  private void export(ReadableSpan span) {
    if (span.getSpanContext().isSampled()) {
      counters.ended();
      next.onEnd(span);
    }
  }

  /** Exports what has ended of the requests that have not. */
  private void exportPending() {
    open.values().forEach(pending -> pending.decide(true).forEach(this::export));
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public CompletableResultCode shutdown() {
    exportPending();
    return next.shutdown();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return next.forceFlush();
  }
}
