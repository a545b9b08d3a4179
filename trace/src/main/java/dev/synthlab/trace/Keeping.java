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

/**
 * Decides which spans are shown. Those of one call to a model are held until it has ended: all of
 * them are shown if it failed, or was tried more than once, or was drawn. The steps around calls
 * are always shown. Safe for use by many threads.
 */
final class Keeping implements SpanProcessor {
  private static final AttributeKey<String> KIND =
      AttributeKey.stringKey("openinference.span.kind");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("synthlab.attempts");
  private static final Set<String> CALLS = Set.of("LLM", "EMBEDDING");

  /** Of more calls than this at once, the others are shown: they are not held in memory. */
  private static final int MOST_OPEN = 50_000;

  private static final int MOST_HELD_OF_A_CALL = 1_000;

  private final SpanProcessor next;
  private final double share;
  private final Tally tally;
  private final Map<String, Call> open = new ConcurrentHashMap<>();

  Keeping(SpanProcessor next, double share, Tally tally) {
    this.next = next;
    this.share = share;
    this.tally = tally;
  }

  private enum Fate {
    OPEN,
    SHOWN,
    DROPPED
  }

  /** The spans of one call that have ended. */
  private static final class Call {
    private final List<ReadableSpan> held = new ArrayList<>();
    private Fate fate = Fate.OPEN;

    /** What is to be shown now that a span below the call has ended. */
    synchronized List<ReadableSpan> ended(ReadableSpan span) {
      if (fate == Fate.OPEN) {
        held.add(span);
        return held.size() < MOST_HELD_OF_A_CALL ? List.of() : decided(true);
      }
      return fate == Fate.SHOWN ? List.of(span) : List.of();
    }

    synchronized List<ReadableSpan> decided(boolean shown) {
      if (fate == Fate.OPEN) {
        fate = shown ? Fate.SHOWN : Fate.DROPPED;
      }
      List<ReadableSpan> all = fate == Fate.SHOWN ? List.copyOf(held) : List.of();
      held.clear();
      return all;
    }

    synchronized boolean shown() {
      return fate == Fate.SHOWN;
    }
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    String kind = span.getAttribute(KIND);
    boolean call = kind != null && CALLS.contains(kind);
    if (kind != null && !call) {
      return;
    }
    Call around = open.get(span.getParentSpanContext().getSpanId());
    if ((around != null || call) && open.size() < MOST_OPEN) {
      open.put(span.getSpanContext().getSpanId(), around != null ? around : new Call());
    }
  }

  @Override
  public boolean isStartRequired() {
    return share < 1;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    Call call = open.remove(span.getSpanContext().getSpanId());
    if (call == null) {
      show(span);
      return;
    }
    String kind = span.getAttribute(KIND);
    boolean below = kind == null || open.get(span.getParentSpanContext().getSpanId()) == call;
    if (below) {
      call.ended(span).forEach(this::show);
      return;
    }
    call.decided(worthIt(span)).forEach(this::show);
    if (call.shown()) {
      show(span);
    }
  }

  private boolean worthIt(ReadableSpan span) {
    Long attempts = span.getAttribute(ATTEMPTS);
    return (attempts != null && attempts > 1)
        || drawn(span.getSpanContext().getSpanId())
        || span.toSpanData().getStatus().getStatusCode() == StatusCode.ERROR;
  }

  /** Span ids are random: the same one is drawn, or not, wherever it is asked. */
  private boolean drawn(String spanId) {
    long number = Long.parseUnsignedLong(spanId, 16) >>> 1;
    return number < share * Long.MAX_VALUE;
  }

  private void show(ReadableSpan span) {
    if (span.getSpanContext().isSampled()) {
      tally.ended();
      next.onEnd(span);
    }
  }

  /** What is still open at the end is shown as far as it has come. */
  private void letGo() {
    open.values().forEach(call -> call.decided(true).forEach(this::show));
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
