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
 * Decides which spans are shown. Those of one request of a caller to a model or to another service,
 * with all the rounds, tools and repairs it took, are held until it has ended: all of them are
 * shown if anything in it failed, was tried more than once or was mended, or if it was drawn. The
 * steps that a service writes around its requests are always shown. Safe for use by many threads.
 */
final class TailSampler implements SpanProcessor {
  private static final AttributeKey<String> KIND =
      AttributeKey.stringKey("openinference.span.kind");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("synthlab.service");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("synthlab.attempts");
  private static final AttributeKey<Long> ROUNDS = AttributeKey.longKey("synthlab.rounds");
  private static final Set<String> CALLS = Set.of("LLM", "EMBEDDING");

  /** Whose spans are requests even where they are the steps of one. */
  private static final String SCOPE = "synth_lab.llm";

  /** Of more spans than this at once, the others are shown: they are not held in memory. */
  private static final int MAX_OPEN = 50_000;

  private static final int MAX_HELD_OF_A_REQUEST = 1_000;

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
    SHOWN,
    DROPPED
  }

  /** The spans of one request that have ended. */
  private static final class PendingTrace {
    private final String root;
    private final List<ReadableSpan> held = new ArrayList<>();
    private Decision fate = Decision.OPEN;
    private boolean worthIt;

    PendingTrace(String root) {
      this.root = root;
    }

    /** What is to be shown now that a span below the root has ended. */
    synchronized List<ReadableSpan> ended(ReadableSpan span) {
      if (fate == Decision.OPEN) {
        held.add(span);
        worthIt |= tells(span);
        return held.size() < MAX_HELD_OF_A_REQUEST ? List.of() : decided(true);
      }
      return fate == Decision.SHOWN ? List.of(span) : List.of();
    }

    synchronized boolean isWorthIt() {
      return worthIt;
    }

    synchronized List<ReadableSpan> decided(boolean shown) {
      if (fate == Decision.OPEN) {
        fate = shown ? Decision.SHOWN : Decision.DROPPED;
      }
      List<ReadableSpan> all = fate == Decision.SHOWN ? List.copyOf(held) : List.of();
      held.clear();
      return all;
    }

    synchronized boolean shown() {
      return fate == Decision.SHOWN;
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
    PendingTrace around = open.get(span.getParentSpanContext().getSpanId());
    if ((around != null || request) && open.size() < MAX_OPEN) {
      String id = span.getSpanContext().getSpanId();
      open.put(id, around != null ? around : new PendingTrace(id));
    }
  }

  @Override
  public boolean isStartRequired() {
    return share < 1;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    String id = span.getSpanContext().getSpanId();
    PendingTrace asked = open.remove(id);
    if (asked == null) {
      show(span);
      return;
    }
    if (!asked.root.equals(id)) {
      asked.ended(span).forEach(this::show);
      return;
    }
    asked.decided(asked.isWorthIt() || tells(span) || drawn(id)).forEach(this::show);
    if (asked.shown()) {
      show(span);
    }
  }

  /** Whether there is something to be seen that a good call does not have. */
  private static boolean tells(ReadableSpan span) {
    return isMoreThanOne(span.getAttribute(ATTEMPTS))
        || isMoreThanOne(span.getAttribute(ROUNDS))
        || span.toSpanData().getStatus().getStatusCode() == StatusCode.ERROR;
  }

  private static boolean isMoreThanOne(@Nullable Long number) {
    return number != null && number > 1;
  }

  /** Span ids are random: the same one is drawn, or not, wherever it is asked. */
  private boolean drawn(String spanId) {
    long number = Long.parseUnsignedLong(spanId, 16) >>> 1;
    return number < share * Long.MAX_VALUE;
  }

  private void show(ReadableSpan span) {
    if (span.getSpanContext().isSampled()) {
      counters.ended();
      next.onEnd(span);
    }
  }

  /** What is still open at the end is shown as far as it has come. */
  private void letGo() {
    open.values().forEach(asked -> asked.decided(true).forEach(this::show));
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public CompletableResultCode shutdown() {
    letGo();
    return next.shutdown();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return next.forceFlush();
  }
}
