package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.http.BodyReader;
import tools.jackson.core.JacksonException;

/**
 * Reads the answer in a response that another client library gets: what it says for spans, tokens
 * and cost, and whether it is an answer at all. For one attempt and one thread.
 */
interface AnswerReader {

  /** Reads a body that is whole. */
  void whole(byte[] bytes)
      throws UnusableResponseException, JacksonException, BodyReader.TooLargeException;

  /** Reads one event of a stream. */
  void event(String name, String data)
      throws UnusableResponseException, JacksonException, BodyReader.TooLargeException;

  /** Whether a stream has said anything of its answer. */
  boolean hasBegun();

  /** Whether a stream has said its end. */
  boolean isComplete();

  Usage usage();

  /** The model that the answer names, or an empty text. */
  String model();

  /** The text of the answer so far. */
  String text();

  /** Records a complete answer in its span, which then ends. */
  void show(LlmSpan span, CallReport report);
}
