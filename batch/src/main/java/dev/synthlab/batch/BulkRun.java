package dev.synthlab.batch;

import dev.synthlab.call.Outcome;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.spans.ContextSnapshot;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One bulk run: prompts in, results out. The results file is the job: the same run again goes on
 * where the last one ended, however it ended, and a finished one does nothing.
 *
 * <p>{@link #run()} is called once; everything else may be called at any time by any thread.
 */
public final class BulkRun {
  private final RunCoordinator coordinator;
  private final AtomicBoolean begun = new AtomicBoolean();

  private BulkRun(RunCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * A run.
   *
   * @param options what to do
   * @param caller how a request is answered
   * @param timer the time it lives by
   * @param listener hears what should be said
   * @return a run that has not begun
   */
  public static BulkRun of(BulkOptions options, RowClient caller, Timer timer, Listener listener) {
    return of(options, caller, timer, listener, CrashPoints.NONE);
  }

  static BulkRun of(
      BulkOptions options, RowClient caller, Timer timer, Listener listener, CrashPoints steps) {
    return new BulkRun(new RunCoordinator(options, caller, timer, listener, steps));
  }

  /**
   * Bounds what the job may cost, earlier runs included: a row is sent only if that and all rows in
   * flight may cost their most without passing the bound. Said before {@link #run()}.
   *
   * @param usd US dollars, at least 0
   * @return this
   */
  public BulkRun withMaxCost(BigDecimal usd) {
    coordinator.bound(usd);
    return this;
  }

  /**
   * Has a record kept of the run, and made whole where the lines of its results tell more. Said
   * before {@link #run()}.
   *
   * @param recorder keeps it, beside the calls that it hears of
   * @return this
   */
  public BulkRun withRecorder(RunRecorder recorder) {
    coordinator.report(recorder);
    return this;
  }

  /** Answers requests. Called by many threads at once. */
  @FunctionalInterface
  public interface RowClient {
    /**
     * Answers one request, however long it takes; an interrupt of the thread ends it.
     *
     * @param request what to ask; if its format is a schema, the text of the answer is to be JSON
     *     of that schema
     * @return the answer or why there is none
     */
    Outcome<Completion> call(CompletionRequest request);

    /**
     * What the answer may cost at most.
     *
     * @param request what to ask
     * @return US dollars; empty when that cannot be told
     */
    default Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
      return Optional.empty();
    }

    /**
     * Makes the vectors of one row, as {@link #call} answers.
     *
     * @param request the texts
     * @return the vectors or why there are none
     * @throws IllegalArgumentException where none are made
     */
    default Outcome<Embeddings> embed(EmbeddingRequest request) {
      throw new IllegalArgumentException("embeddings are not made here");
    }

    /**
     * What the vectors may cost at most.
     *
     * @param request the texts
     * @return US dollars; empty when that cannot be told
     */
    default Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
      return Optional.empty();
    }

    /**
     * The same, with the texts of several rows in one request where rows ask for vectors. Rows wait
     * for each other only while as many requests as are allowed are under way; what a request of
     * several has failed with that may lie in one text is asked again for each by itself.
     *
     * @param texts the most in one request; 1 for a request for each row
     * @param requests the most under way at once
     * @return asks this one
     */
    default RowClient batching(int texts, int requests) {
      return new EmbeddingBatcher(this, texts, requests);
    }

    /**
     * Interrupts a thread that is in {@link #call} or {@link #embed} if its request is not under
     * way: it waits for a place, a pause or another try. Does nothing where that cannot be told.
     *
     * @param thread a thread that may be in a call
     */
    default void interruptIfWaiting(Thread thread) {}

    /**
     * A client as the one who answers.
     *
     * @param client should wait for as long as its route is held back
     * @param stream whether each answer comes as a stream of events
     * @return asks the client
     */
    static RowClient over(LlmClient client, boolean stream) {
      return over(client, stream, Optional.empty());
    }

    /**
     * A client as the one who answers, whose calls that only wait can be told from those under way.
     *
     * @param client should wait for as long as its route is held back
     * @param stream whether each answer comes as a stream of events
     * @param traffic what the client sends through
     * @return asks the client
     */
    static RowClient over(LlmClient client, boolean stream, TrafficControl traffic) {
      return over(client, stream, Optional.of(traffic));
    }

    private static RowClient over(
        LlmClient client, boolean stream, Optional<TrafficControl> traffic) {
      InternalCalls calls = InternalCalls.of(client);
      return new RowClient() {
        @Override
        public Outcome<Completion> call(CompletionRequest request) {
          if (request.format() instanceof ResponseFormat.Schema) {
            return calls.json(request, stream);
          }
          return calls.completion(request, stream);
        }

        @Override
        public Outcome<Embeddings> embed(EmbeddingRequest request) {
          return client.askOutcome(request);
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
          traffic.ifPresent(shared -> shared.interruptIfWaiting(thread));
        }
      };
    }
  }

  /** Hears what a run has to say. Called by the thread that conducts the run. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Something the user should know.
     *
     * @param sentence without a secret and without control characters
     */
    void note(String sentence);
  }

  /**
   * How far a run is.
   *
   * @param total rows of the input, up to the limit; grows while the input is gone over
   * @param doneBefore rows that needed nothing when the run began
   * @param answered rows with an answer, those of earlier runs included
   * @param failed rows whose last line is a failure, those of earlier runs included
   * @param ended rows that got a line in this run
   * @param inFlight calls under way
   * @param inputTokens tokens sent in this run
   * @param outputTokens tokens received in this run
   * @param cached answers of this run that were kept from equal requests
   * @param cost what it has cost
   * @param elapsed since the beginning
   * @param failures failed rows by cause
   */
  public record Progress(
      long total,
      long doneBefore,
      long answered,
      long failed,
      long ended,
      long inFlight,
      long inputTokens,
      long outputTokens,
      long cached,
      Cost cost,
      Duration elapsed,
      Map<String, Long> failures) {
    /** Keeps a copy. */
    public Progress {
      failures = new TreeMap<>(failures);
    }

    /**
     * Rows that have all they need.
     *
     * @return those done before and those of this run
     */
    public long done() {
      return doneBefore + ended;
    }

    /**
     * Rows a second in this run.
     *
     * @return 0 at the beginning
     */
    public double rate() {
      return elapsed.isZero() ? 0 : ended * 1e9 / elapsed.toNanos();
    }

    /**
     * How long it will take at this rate.
     *
     * @return empty while no row has ended
     */
    public Optional<Duration> left() {
      double rate = rate();
      return rate == 0
          ? Optional.empty()
          : Optional.of(Duration.ofMillis(Math.round((total - done()) * 1e3 / rate)));
    }
  }

  /**
   * Refuses an input that cannot be read, before anything else is done for a run.
   *
   * @param options what a run is to do
   * @throws BatchException when the input is missing or cannot be read
   */
  public static void requireReadable(BulkOptions options) {
    if (options.input() instanceof BulkOptions.In.File file) {
      Preflight.requireReadable(file.path());
    }
  }

  /**
   * Runs, and returns when all is written. An interrupt of this thread stops the run as {@link
   * #stop} does.
   *
   * @return how it ended
   * @throws BatchException when it cannot begin, or lost its output
   * @throws IllegalStateException when it was run before
   */
  public Summary run() {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a bulk run is run once; make another to go on");
    }
    CompletableFuture<Summary> ended = new CompletableFuture<>();
    // A thread of its own: an interrupt of ours would close the files under its hands.
    Thread.ofPlatform()
        .name("synthlab-batch")
        .start(
            ContextSnapshot.capture()
                .wrap(
                    () -> {
                      try {
                        ended.complete(coordinator.run());
                      } catch (Throwable e) { // handed over to the thread that waits
                        ended.completeExceptionally(e);
                      }
                    }));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return ended.get();
        } catch (InterruptedException e) {
          interrupted = true;
          stop("interrupted");
        }
      }
    } catch (ExecutionException e) {
      throw unchecked(Objects.requireNonNullElse(e.getCause(), e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new CompletionException(e);
  }

  /**
   * Takes no more rows. Calls that wait to be sent are ended; those in flight may end within the
   * grace time, then they are cut off; called again, they are cut off at once. Returns at once;
   * {@link #run()} returns when all is written.
   *
   * @param reason for the summary
   */
  public void stop(String reason) {
    coordinator.stop(reason);
  }

  /**
   * How far it is.
   *
   * @return a snapshot
   */
  public Progress progress() {
    return coordinator.progress();
  }
}
