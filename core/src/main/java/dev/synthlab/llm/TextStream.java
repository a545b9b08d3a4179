package dev.synthlab.llm;

import java.util.Iterator;
import java.util.stream.Stream;

/**
 * The text of an answer as a stream of deltas. For one consumer, who reads it once: by {@link
 * #iterator()}, {@link #stream()} or {@link #events()}. {@link #close} may be called from any
 * thread and ends the call. Reading throws a {@link dev.synthlab.call.CallException} with the text
 * so far when the stream breaks.
 *
 * <pre>{@code
 * try (TextStream deltas = llm.stream("Tell me of the sea.")) {
 *   deltas.forEach(System.out::print);
 * }
 * }</pre>
 */
public sealed interface TextStream extends Iterable<String>, AutoCloseable permits EventStream {

  /**
   * The deltas, as they arrive.
   *
   * @return an iterator that waits for the next delta
   * @throws IllegalStateException when it is not the first reading
   */
  @Override
  Iterator<String> iterator();

  /**
   * The deltas as a stream of the library of Java. Closing it ends the call, as {@link #close()}
   * does.
   *
   * @return a sequential stream that waits for the next delta
   * @throws IllegalStateException when it is not the first reading
   */
  Stream<String> stream();

  /**
   * Text and reasoning as they arrive, tool calls, and at last the whole answer. Closing it ends
   * the call.
   *
   * @return a sequential stream that waits for the next event
   * @throws IllegalStateException when it is not the first reading
   */
  Stream<StreamEvent> events();

  /**
   * The whole answer, after the last delta.
   *
   * @return text, usage, finish reason and attempts
   * @throws IllegalStateException before the last delta
   */
  Completion completion();

  /**
   * The whole answer as an outcome, after the last delta: it is rejected if the model refused, the
   * answer was filtered, or it calls a tool that was not offered.
   *
   * @return the answer or the rejected answer
   * @throws IllegalStateException before the last delta
   */
  default Outcome<Completion> outcome() {
    return Outcomes.ofCompletion(completion());
  }

  /**
   * The tokens, after the last delta.
   *
   * @return the tokens as the provider counted them, or an estimate
   * @throws IllegalStateException before the last delta
   */
  default Usage usage() {
    return completion().usage();
  }

  /**
   * Why the model stopped, after the last delta.
   *
   * @return the reason
   * @throws IllegalStateException before the last delta
   */
  default FinishReason finishReason() {
    return completion().finishReason();
  }

  /**
   * What the model thought before its answer, after the last delta; it is no part of the deltas.
   *
   * @return the reasoning, or an empty text if the server does not show it
   * @throws IllegalStateException before the last delta
   */
  default String reasoning() {
    return completion().reasoning();
  }

  /** Ends the call; closes the socket if the stream has not ended. */
  @Override
  void close();
}
