package dev.synthlab.batch;

import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.spans.ContextSnapshot;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A bulk run: it answers the rows of an input and appends the results to an output. The results
 * file is also the state of the job: a run with the same input and output resumes it, whatever
 * ended the last run, and does nothing if all rows are done.
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
   * Makes a run.
   *
   * @param options the options
   * @param client answers the requests of the rows
   * @param timer the clock of the run
   * @param listener receives the notes for the user
   * @return a run that has not started
   */
  public static BulkRun of(BulkOptions options, RowClient client, Timer timer, Listener listener) {
    return of(options, client, timer, listener, RunCrashPoints.NONE);
  }

  static BulkRun of(
      BulkOptions options, RowClient client, Timer timer, Listener listener, RunCrashPoints steps) {
    return new BulkRun(new RunCoordinator(options, client, timer, listener, steps));
  }

  /**
   * Sets a recorder for the start and the end of the run, and for calls of earlier runs that only
   * the result lines know. Call it before {@link #run()}.
   *
   * @param recorder the recorder
   * @return this
   */
  public BulkRun withRecorder(RunRecorder recorder) {
    coordinator.record(recorder);
    return this;
  }

  /** Answers the requests of rows. Called by many threads at once. */
  @FunctionalInterface
  public interface RowClient {
    /**
     * Answers one request, however long it takes. An interrupt of the thread cancels it.
     *
     * @param request the request; if its format is a schema, the text of the answer must be JSON
     *     that matches the schema
     * @return the completion or the failure
     */
    Outcome<Completion> call(CompletionRequest request);

    /**
     * The maximum cost of a completion.
     *
     * @param request the request
     * @return US dollars; empty when it is not known
     */
    default Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
      return Optional.empty();
    }

    /**
     * Makes the embeddings of one row, like {@link #call}.
     *
     * @param request the texts
     * @return the embeddings or the failure
     * @throws IllegalArgumentException when this client makes no embeddings
     */
    default Outcome<Embeddings> embed(EmbeddingRequest request) {
      throw new IllegalArgumentException("this client makes no embeddings");
    }

    /**
     * The maximum cost of embeddings.
     *
     * @param request the texts
     * @return US dollars; empty when it is not known
     */
    default Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
      return Optional.empty();
    }

    /**
     * A client that puts the texts of several embedding rows into one request. Rows wait for each
     * other only while the maximum number of requests is in flight. If a request of several texts
     * fails and one text may be the cause, each text is sent again by itself.
     *
     * @param texts the maximum number of texts in one request; 1 for one request per row
     * @param requests the maximum number of requests in flight
     * @return a client that sends through this one
     */
    default RowClient batching(int texts, int requests) {
      return new EmbeddingBatcher(this, texts, requests);
    }

    /**
     * Interrupts a thread that is in {@link #call} or {@link #embed} if its request is not in
     * flight: it waits in a queue, for a pause or for a retry. Does nothing where that is not
     * known.
     *
     * @param thread a thread that may be in a call
     */
    default void interruptIfWaiting(Thread thread) {}

    /**
     * A row client over a model client.
     *
     * @param client its calls should wait without limit while their route is paused
     * @param stream whether each answer is received as a stream of events
     * @return a client that sends through it
     */
    static RowClient over(LlmClient client, boolean stream) {
      return over(client, stream, Optional.empty());
    }

    /**
     * A row client over a model client that can tell waiting calls from those in flight.
     *
     * @param client its calls should wait without limit while their route is paused
     * @param stream whether each answer is received as a stream of events
     * @param traffic the traffic control of the client
     * @return a client that sends through it
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

  /** Receives the notes of a run. Called by the thread of the run. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A note for the user.
     *
     * @param sentence has no secrets and no control characters
     */
    void note(String sentence);
  }

  /**
   * Checks that the input can be read.
   *
   * @param options the options of a run
   * @throws BatchException when the input is missing or cannot be read
   */
  public static void requireReadable(BulkOptions options) {
    if (options.input().source() instanceof BulkOptions.Source.File file) {
      RunPreflight.requireReadable(file.path());
    }
  }

  /**
   * Runs until all results are written. An interrupt of this thread stops the run like {@link
   * #stop}.
   *
   * @return the summary
   * @throws BatchException when the run cannot start, or its output was lost
   * @throws IllegalStateException when it was called before
   */
  public Summary run() {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a bulk run is run once; make another one to resume the job");
    }
    CompletableFuture<Summary> ended = new CompletableFuture<>();
    // A thread of its own: an interrupt of the caller's thread would close the open files.
    Thread.ofPlatform()
        .name("synthlab-batch")
        .start(
            ContextSnapshot.capture()
                .wrap(
                    () -> {
                      try {
                        ended.complete(coordinator.run());
                      } catch (Throwable e) { // passed to the waiting thread
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
   * Stops the run: it takes no more rows and cancels calls that wait. Calls in flight have the
   * grace time to end, then they are cancelled; a second call of this method cancels them
   * immediately. This method does not wait; {@link #run()} returns when all results are written.
   *
   * @param reason for the summary
   */
  public void stop(String reason) {
    coordinator.stop(reason);
  }

  /**
   * The progress of the run.
   *
   * @return a snapshot
   */
  public RunProgress progress() {
    return coordinator.progress();
  }
}
