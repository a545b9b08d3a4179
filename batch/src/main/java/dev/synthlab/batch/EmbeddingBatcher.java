package dev.synthlab.batch;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.ResponseFactory;
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
 * A row client that puts the texts of several rows into one request. Texts queue while the maximum
 * number of requests is in flight; otherwise a text is sent immediately, without waiting for
 * others. Safe for use by many threads.
 */
final class EmbeddingBatcher implements BulkRun.RowClient {
  private final BulkRun.RowClient client;
  private final int texts;
  private final int requests;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Text> queue = new ArrayDeque<>();
  private final Set<Thread> queued = new HashSet<>();
  private int inFlight;

  EmbeddingBatcher(BulkRun.RowClient client, int texts, int requests) {
    if (texts < 1 || requests < 1) {
      throw new IllegalArgumentException(
          "a request has at least 1 text and there is at least 1 request, was "
              + texts
              + " and "
              + requests);
    }
    this.client = client;
    this.texts = texts;
    this.requests = requests;
  }

  /** The next step for a row. */
  private sealed interface Step {
    /** The row has its result. */
    record Ended(Outcome<Embeddings> outcome) implements Step {}

    /** The row is sent by itself. */
    record Alone() implements Step {}

    /** The thread of the row sends this batch, which may include the row. */
    record Lead(List<Text> batch) implements Step {}
  }

  /** The text of a row. The lock guards all fields but the request. */
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

    boolean fits(Text other) {
      return request.dimensions().equals(other.request.dimensions())
          && request.options().equals(other.request.options());
    }
  }

  @Override
  public Outcome<Completion> call(CompletionRequest request) {
    return client.call(request);
  }

  @Override
  public Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
    return client.maxCostUsd(request);
  }

  @Override
  public Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
    return client.maxCostUsd(request);
  }

  @Override
  public void interruptIfWaiting(Thread thread) {
    lock.lock();
    try {
      if (queued.contains(thread)) {
        thread.interrupt();
      } else {
        client.interruptIfWaiting(thread);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Outcome<Embeddings> embed(EmbeddingRequest request) {
    if (request.inputs().size() > 1 || texts == 1) {
      return client.embed(request);
    }
    Text mine = new Text(request);
    while (true) {
      switch (next(mine)) {
        case Step.Ended ended -> {
          return ended.outcome();
        }
        case Step.Alone alone -> {
          return client.embed(request);
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
      while (mine.end.isEmpty() && (mine.taken || inFlight == requests)) {
        if (!mine.taken) {
          queued.add(Thread.currentThread());
        }
        try {
          changed.await();
        } catch (InterruptedException e) {
          interrupted = true;
          if (!mine.taken) {
            queue.remove(mine);
            return new Step.Alone(); // the pending interrupt cancels it before it is sent
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
    List<Text> batch = queue.stream().filter(first::fits).limit(texts).toList();
    queue.removeAll(new HashSet<>(batch));
    batch.forEach(text -> text.taken = true);
    clearQueued();
    inFlight++;
    return new Step.Lead(batch);
  }

  /** Threads whose text is in a batch wait for its answer; an interrupt does not end that wait. */
  private void clearQueued() {
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
        inFlight--;
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
    // The request belongs to several rows.
    Labels whose = batch.size() > 1 ? Labels.NONE.with(Labels.ROW, "") : Labels.NONE;
    return switch (Tracing.with(whose, () -> client.embed(joined))) {
      case Outcome.Answered<Embeddings> ok -> shares(batch, ok.value());
      case Outcome.Rejected<Embeddings> rejected ->
          throw new IllegalStateException("embeddings are never rejected", rejected.exception());
      case Outcome.Failed<Embeddings> failed ->
          batch.stream()
              .<Step>map(
                  text ->
                      batch.size() > 1 && mayConcernOneText(failed.exception())
                          ? new Step.Alone()
                          : new Step.Ended(failed))
              .toList();
    };
  }

  /** One text, such as one that is too long, must not make the others fail. */
  private static boolean mayConcernOneText(CallException reason) {
    return switch (reason.fault().kind()) {
      case BAD_REQUEST, PROMPT_FILTERED, MALFORMED_RESPONSE, RESPONSE_TOO_LARGE -> true;
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

  /** The vector of each row, and its share of the tokens by the length of its text. */
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
      Usage usage = ResponseFactory.inputUsage(share, all.usage().known());
      CallReport report = report(all.report(), share, tokens);
      Embeddings one =
          ResponseFactory.embeddings(
              List.of(all.vectors().get(i)),
              all.requestedModel(),
              all.respondedModel(),
              usage,
              report);
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
