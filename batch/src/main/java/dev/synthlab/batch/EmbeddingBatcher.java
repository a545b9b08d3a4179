package dev.synthlab.batch;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.Outcome;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.Usage;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts the texts of several rows into one request: those that have come while as many requests as
 * are allowed were under way. Nothing waits for company: a text that finds a place free goes at
 * once. Safe for use by many threads.
 */
final class EmbeddingBatcher implements BulkRun.RowClient {
  private final BulkRun.RowClient caller;
  private final int texts;
  private final int requests;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Text> queue = new ArrayDeque<>();
  private final Set<Thread> queued = new HashSet<>();
  private int underWay;

  EmbeddingBatcher(BulkRun.RowClient caller, int texts, int requests) {
    if (texts < 1 || requests < 1) {
      throw new IllegalArgumentException(
          "a request has at least 1 text and there is at least 1 request, was "
              + texts
              + " and "
              + requests);
    }
    this.caller = caller;
    this.texts = texts;
    this.requests = requests;
  }

  /** What is to be done for a row next. */
  private sealed interface Step {
    /** It has its end. */
    record Ended(Outcome<Embeddings> outcome) implements Step {}

    /** It is to be asked by itself. */
    record Alone() implements Step {}

    /** Its thread asks for these, of which it may be one. */
    record Lead(List<Text> batch) implements Step {}
  }

  /** The one text of a row. All but the request is guarded by the lock. */
  private static final class Text {
    private final EmbeddingRequest request;
    private boolean taken;
    private Optional<Step> end = Optional.empty();

    Text(EmbeddingRequest request) {
      this.request = request;
    }

    String input() {
      return request.inputs().getFirst();
    }

    boolean goesWith(Text other) {
      return request.dimensions().equals(other.request.dimensions())
          && request.options().equals(other.request.options());
    }
  }

  @Override
  public Outcome<Completion> call(CompletionRequest request) {
    return caller.call(request);
  }

  @Override
  public Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
    return caller.maxCostUsd(request);
  }

  @Override
  public Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
    return caller.maxCostUsd(request);
  }

  @Override
  public void interruptIfWaiting(Thread thread) {
    lock.lock();
    try {
      if (queued.contains(thread)) {
        thread.interrupt();
      } else {
        caller.interruptIfWaiting(thread);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Outcome<Embeddings> embed(EmbeddingRequest request) {
    if (request.inputs().size() > 1 || texts == 1) {
      return caller.embed(request);
    }
    Text mine = new Text(request);
    while (true) {
      switch (next(mine)) {
        case Step.Ended ended -> {
          return ended.outcome();
        }
        case Step.Alone alone -> {
          return caller.embed(request);
        }
        case Step.Lead lead -> ask(lead.batch());
      }
    }
  }

  private Step next(Text mine) {
    boolean interrupted = false;
    lock.lock();
    try {
      if (!mine.taken && !queue.contains(mine)) {
        queue.add(mine);
      }
      while (mine.end.isEmpty() && (mine.taken || underWay == requests)) {
        if (!mine.taken) {
          queued.add(Thread.currentThread());
        }
        try {
          changed.await();
        } catch (InterruptedException e) {
          interrupted = true;
          if (!mine.taken) {
            queue.remove(mine);
            return new Step.Alone(); // interrupted as it is, it is cancelled before it is sent
          }
        }
      }
      return mine.end.orElseGet(this::lead);
    } finally {
      queued.remove(Thread.currentThread());
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Step lead() {
    Text first = queue.getFirst();
    List<Text> batch = queue.stream().filter(first::goesWith).limit(texts).toList();
    queue.removeAll(new HashSet<>(batch));
    batch.forEach(text -> text.taken = true);
    queuedNoMore();
    underWay++;
    return new Step.Lead(batch);
  }

  /** Whose text was taken waits for an answer now, which an interrupt of its own would not end. */
  private void queuedNoMore() {
    queued.clear();
    changed.signalAll();
  }

  private void ask(List<Text> batch) {
    List<Step> ends = batch.stream().<Step>map(text -> new Step.Alone()).toList();
    try {
      ends = ends(batch);
    } finally {
      lock.lock();
      try {
        underWay--;
        for (int i = 0; i < batch.size(); i++) {
          batch.get(i).end = Optional.of(ends.get(i));
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private List<Step> ends(List<Text> batch) {
    EmbeddingRequest first = batch.getFirst().request;
    EmbeddingRequest joined =
        new EmbeddingRequest(
            batch.stream().map(Text::input).toList(), first.dimensions(), first.options());
    // The request is no row's alone.
    Labels whose = batch.size() > 1 ? Labels.NONE.with(Labels.ROW, "") : Labels.NONE;
    return switch (Tracing.with(whose, () -> caller.embed(joined))) {
      case Outcome.Answered<Embeddings> ok -> shares(batch, ok.value());
      case Outcome.Failed<Embeddings> failed ->
          batch.stream()
              .<Step>map(
                  text ->
                      batch.size() > 1 && mayBeOfOneText(failed.reason())
                          ? new Step.Alone()
                          : new Step.Ended(failed))
              .toList();
    };
  }

  /** One text that is too long, say, must not take the others along. */
  private static boolean mayBeOfOneText(CallException reason) {
    return switch (reason.fault().kind()) {
      case BAD_REQUEST, MALFORMED_RESPONSE, RESPONSE_TOO_LARGE -> true;
      case AUTHENTICATION,
          NOT_FOUND,
          QUOTA_EXCEEDED,
          BUDGET_EXCEEDED,
          RATE_LIMITED,
          SERVER_FAILED,
          DEADLINE_EXCEEDED,
          CONNECTION_FAILED,
          TLS_FAILED,
          REDIRECTED,
          STREAM_INTERRUPTED,
          CIRCUIT_OPEN,
          CANCELLED ->
          false;
    };
  }

  /** To each row its vector, and its part of the tokens by the length of its text. */
  private static List<Step> shares(List<Text> batch, Embeddings all) {
    long length = batch.stream().mapToLong(text -> text.input().length()).sum();
    long tokens = all.usage().inputTokens();
    long passed = 0;
    long given = 0;
    List<Step> ends = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      passed += batch.get(i).input().length();
      long share = tokens * passed / length - given;
      given += share;
      Usage usage = new Usage(share, 0, 0, 0, all.usage().known());
      CallReport report = report(all.report(), share, tokens);
      Embeddings one =
          new Embeddings(
              List.of(all.vectors().get(i)), all.modelAsked(), all.modelAnswered(), usage, report);
      ends.add(new Step.Ended(new Outcome.Answered<>(one, report)));
    }
    return ends;
  }

  private static CallReport report(CallReport whole, long share, long tokens) {
    Optional<BigDecimal> cost =
        tokens == 0
            ? whole.spend().costUsd()
            : whole
                .spend()
                .costUsd()
                .map(
                    all ->
                        all.multiply(BigDecimal.valueOf(share))
                            .divide(BigDecimal.valueOf(tokens), 18, RoundingMode.HALF_EVEN)
                            .stripTrailingZeros());
    return whole.with(CallReports.spend(share, 0, 0, 0, cost), whole.fault());
  }
}
